package io.dunlin.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.dunlin.security.login.InvalidSource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys that are trusted at one time. Immutable; thread: any. */
final class KeySet {
    private static final int KEYS_MAX = 64;
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte[] ED25519_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0};

    private final List<VerificationKey> keys;

    KeySet(List<VerificationKey> keys) {
        this.keys = List.copyOf(keys);
    }

    int size() {
        return keys.size();
    }

    /** Keys that may have signed a token with this header: of its {@code kid} where it names one, and for its algorithm. */
    List<VerificationKey> candidates(JWSHeader header) {
        String id = header.getKeyID();
        return keys.stream()
                .filter(key ->
                        id == null || key.id().isEmpty() || key.id().get().equals(id))
                .filter(key -> key.serves(header.getAlgorithm()))
                .toList();
    }

    /** The {@code kid} of those that have one. */
    List<String> ids() {
        return keys.stream().flatMap(key -> key.id().stream()).toList();
    }

    boolean has(String mark) {
        return keys.stream().anyMatch(key -> key.mark().equals(mark));
    }

    boolean hasAllOf(KeySet other) {
        return other.keys.stream().allMatch(key -> has(key.mark()));
    }

    /**
     * Keys and certificates of a file in PEM.
     *
     * @throws InvalidSource where it holds none, or one that cannot be used, or a private key
     */
    static KeySet ofPem(String text) {
        List<VerificationKey> found = new ArrayList<>();
        Matcher block = PEM.matcher(text);
        while (block.find()) {
            byte[] der;
            try {
                der = Base64.getMimeDecoder().decode(block.group(2));
            } catch (IllegalArgumentException e) {
                throw new InvalidSource("a block of the file is no base64");
            }
            found.add(VerificationKey.ofPublic(Optional.empty(), publicKey(block.group(1), der)));
        }
        if (found.isEmpty()) {
            throw new InvalidSource("the file holds no public key: expected is PEM that begins with"
                    + " -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----");
        }
        return bounded(found);
    }

    private static PublicKey publicKey(String kind, byte[] der) {
        if (kind.endsWith("PRIVATE KEY")) {
            throw new InvalidSource("the file holds a private key, which the broker must not have: give the public one"
                    + " (openssl pkey -pubout)");
        }
        if (kind.equals("RSA PUBLIC KEY")) {
            throw new InvalidSource("the file holds a key in the form of PKCS#1: convert it with"
                    + " openssl rsa -RSAPublicKey_in -pubout");
        }
        try {
            if (kind.equals("CERTIFICATE")) {
                return CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der))
                        .getPublicKey();
            }
        } catch (GeneralSecurityException e) {
            throw new InvalidSource("the file holds a certificate that cannot be read");
        }
        if (kind.equals("PUBLIC KEY")) {
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                Optional<PublicKey> key = decode(algorithm, der);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        }
        throw new InvalidSource("the file holds something that is no public key of RSA, EC or Ed25519: " + kind);
    }

    private static Optional<PublicKey> decode(String algorithm, byte[] der) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // a key of another kind
        }
    }

    /**
     * A JSON Web Key Set (RFC 7517). Keys of unknown kinds, and those that are not for signatures, are left out.
     *
     * @param secrets whether keys for HMAC are taken: never from the network
     * @throws InvalidSource where it is none, or holds no key that can be used
     */
    static KeySet ofJwks(String text, boolean secrets) {
        List<VerificationKey> found = new ArrayList<>();
        try {
            for (Map<String, Object> member : JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(text), "keys")) {
                key(member, secrets).filter(VerificationKey::isUsable).ifPresent(found::add);
            }
        } catch (ParseException | NullPointerException e) {
            throw new InvalidSource("it is no JSON Web Key Set: expected is an object with a list of keys");
        }
        if (found.isEmpty()) {
            throw new InvalidSource(
                    "the key set holds no key that can be used: expected is one of RSA (2048 bits or more),"
                            + " P-256, P-384, P-521 or Ed25519 for signatures");
        }
        return bounded(found);
    }

    private static Optional<VerificationKey> key(Map<String, Object> member, boolean secrets) {
        try {
            JWK jwk = JWK.parse(member);
            boolean signs = (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                    && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
            if (!signs) {
                return Optional.empty();
            }
            Optional<VerificationKey> key = key(jwk, secrets);
            return jwk.getAlgorithm() == null
                    ? key
                    : key.map(found ->
                            found.only(JWSAlgorithm.parse(jwk.getAlgorithm().getName())));
        } catch (ParseException | JOSEException | GeneralSecurityException | InvalidSource e) {
            return Optional.empty(); // as RFC 7517 has it: what is not understood is as if it were not there
        }
    }

    private static Optional<VerificationKey> key(JWK jwk, boolean secrets)
            throws JOSEException, GeneralSecurityException {
        Optional<String> id = Optional.ofNullable(jwk.getKeyID());
        if (jwk instanceof RSAKey rsa) {
            return Optional.of(VerificationKey.ofPublic(id, rsa.toRSAPublicKey()));
        }
        if (jwk instanceof ECKey ec) {
            return Optional.of(VerificationKey.ofPublic(id, ec.toECPublicKey()));
        }
        if (jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
            return Optional.of(VerificationKey.ofPublic(id, ed25519(pair.getDecodedX())));
        }
        if (jwk instanceof OctetSequenceKey secret && secrets) {
            return Optional.of(VerificationKey.ofSecret(id, secret.toByteArray()));
        }
        return Optional.empty();
    }

    private static PublicKey ed25519(byte @Nullable [] point) throws GeneralSecurityException {
        if (point == null || point.length != 32) {
            throw new InvalidSource("a key of Ed25519 has 32 bytes");
        }
        byte[] der = new byte[ED25519_PREFIX.length + point.length];
        System.arraycopy(ED25519_PREFIX, 0, der, 0, ED25519_PREFIX.length);
        System.arraycopy(point, 0, der, ED25519_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }

    private static KeySet bounded(List<VerificationKey> keys) {
        if (keys.size() > KEYS_MAX) {
            throw new InvalidSource("there are " + keys.size() + " keys: expected are at most " + KEYS_MAX);
        }
        return new KeySet(keys);
    }

    /** The text of bytes that should be UTF-8 or ASCII. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
