package io.dunlin.security.certificate;

import io.dunlin.broker.port.TlsInfo;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The names in a certificate. Whoever asked for a certificate chose them, so they are taken as they are or not at all: a value with a
 * control character, and a kind of name that is there twice, name nobody. Immutable.
 */
public final class CertificateNames {
    private static final int SAN_EMAIL = 1;
    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;
    private static final int LENGTH_MAX = 1024;

    private final Map<UsernameFrom, List<String>> values = new EnumMap<>(UsernameFrom.class);
    private final Map<String, String> attributes;
    private final boolean odd;

    private CertificateNames(X509Certificate certificate) {
        X500Principal subject = certificate.getSubjectX500Principal();
        Map<String, List<String>> parts = parts(subject);
        Map<Integer, List<String>> alternatives = alternatives(certificate);
        put(UsernameFrom.CN, parts.getOrDefault("CN", List.of()));
        String whole = subject.getName(X500Principal.RFC2253);
        put(UsernameFrom.DN, whole.isEmpty() ? List.of() : List.of(whole));
        put(UsernameFrom.SAN_DNS, alternatives.getOrDefault(SAN_DNS, List.of()));
        put(UsernameFrom.SAN_EMAIL, alternatives.getOrDefault(SAN_EMAIL, List.of()));
        put(UsernameFrom.SAN_URI, alternatives.getOrDefault(SAN_URI, List.of()));
        put(UsernameFrom.FINGERPRINT, List.of(fingerprint(certificate)));
        odd = values.values().stream().flatMap(List::stream).anyMatch(value -> !isPlain(value));
        Map<String, String> found = new HashMap<>();
        values.forEach((kind, all) -> single(found, kind.attribute(), all));
        single(found, "cert.o", parts.getOrDefault("O", List.of()));
        single(found, "cert.ou", parts.getOrDefault("OU", List.of()));
        single(
                found,
                "cert.issuer",
                List.of(certificate.getIssuerX500Principal().getName(X500Principal.RFC2253)));
        single(found, "cert.serial", List.of(certificate.getSerialNumber().toString(16)));
        attributes = Map.copyOf(found);
    }

    /** Reads them. */
    public static CertificateNames of(X509Certificate certificate) {
        return new CertificateNames(certificate);
    }

    /** The {@link #attributes} of the certificate that a client showed; empty where it showed none. */
    public static Map<String, String> attributes(@Nullable TlsInfo tls) {
        return tls == null || tls.certificates().isEmpty()
                ? Map.of()
                : of(tls.certificates().getFirst()).attributes();
    }

    private void put(UsernameFrom kind, List<String> all) {
        values.put(kind, all.stream().distinct().toList());
    }

    private static void single(Map<String, String> into, String attribute, List<String> all) {
        if (all.size() == 1 && isPlain(all.getFirst())) {
            into.put(attribute, all.getFirst());
        }
    }

    /** All different values of a kind, in the order of the certificate; also such as cannot be a user name. */
    public List<String> values(UsernameFrom kind) {
        return values.getOrDefault(kind, List.of());
    }

    /**
     * For placeholders of rules: {@code cert.cn}, {@code cert.dn}, {@code cert.o}, {@code cert.ou}, {@code cert.san.dns},
     * {@code cert.san.email}, {@code cert.san.uri}, {@code cert.fingerprint}, {@code cert.issuer}, {@code cert.serial} (hexadecimal);
     * without those that are absent, there more than once, or not plain.
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Whether some name is none that an honest authority signs: empty, with control characters, or no text. */
    public boolean isOdd() {
        return odd;
    }

    /** Whether it can be a user name: no control characters (NUL among them), no halves of characters, not blank. */
    static boolean isPlain(String value) {
        return !value.isBlank()
                && value.length() <= LENGTH_MAX
                && value.codePoints()
                        .noneMatch(c -> Character.isISOControl(c)
                                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                                || Character.getType(c) == Character.FORMAT
                                || c == 0xFFFD
                                || (c & 0xFFFE) == 0xFFFE);
    }

    /** The SHA-256 of a certificate, 64 digits of lower case. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that was read cannot be written", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The attributes of a subject by type in upper case; also of parts that have several. */
    private static Map<String, List<String>> parts(X500Principal subject) {
        Map<String, List<String>> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        try {
            List<Rdn> rdns = new LdapName(subject.getName(X500Principal.RFC2253)).getRdns();
            for (int i = rdns.size() - 1; i >= 0; i--) { // as the certificate has them written down by people
                NamingEnumeration<? extends Attribute> each =
                        rdns.get(i).toAttributes().getAll();
                while (each.hasMore()) {
                    Attribute attribute = each.next();
                    for (int n = 0; n < attribute.size(); n++) {
                        found.computeIfAbsent(attribute.getID(), id -> new ArrayList<>())
                                .add(attribute.get(n) instanceof String text ? text : "");
                    }
                }
            }
        } catch (InvalidNameException e) {
            found.put("CN", List.of("")); // no name, and odd
        } catch (NamingException e) {
            throw new IllegalStateException("names in memory are looked up nowhere", e);
        }
        return found;
    }

    private static Map<Integer, List<String>> alternatives(X509Certificate certificate) {
        Map<Integer, List<String>> found = new HashMap<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> one : all) {
                    if (one.get(0) instanceof Integer type && one.get(1) instanceof String text) {
                        found.computeIfAbsent(type, key -> new ArrayList<>()).add(text);
                    }
                }
            }
        } catch (CertificateParsingException e) {
            found.put(SAN_DNS, List.of(""));
        }
        return found;
    }
}
