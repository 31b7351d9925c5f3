package io.dunlin.client.transport;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken. Files are PEM, where a key is PKCS#8 (also encrypted) or the older PKCS#1 and SEC 1 forms; or they are
 * PKCS#12 stores. Without any CA the JDK's own list counts.
 *
 * @param caFile certificates that are trusted, or null
 * @param caDirectory a directory of such files, or null
 * @param certificateFile the client's certificate and those above it, or null
 * @param keyFile the client's key, or null where it stands in the certificate file
 * @param keyPassword for an encrypted key, or the store that the certificate file is, or null
 * @param hostnameChecked false accepts a certificate that is made out to another name
 * @param certificateChecked false accepts any certificate at all
 * @param alpn protocols to offer, in order of preference
 * @param serverName the name for SNI, or null for the host that is connected to
 * @param versions as in "TLSv1.3"; empty for the JDK's choice
 * @param ciphers cipher suites in the JDK's names; empty for the JDK's choice
 * @param systemTrusted whether the JDK's own list counts beside the given CA
 * @param caPassword of the store that the CA file is, or null
 */
public record TlsOptions(
        @Nullable Path caFile,
        @Nullable Path caDirectory,
        @Nullable Path certificateFile,
        @Nullable Path keyFile,
        @Nullable String keyPassword,
        boolean hostnameChecked,
        boolean certificateChecked,
        List<String> alpn,
        @Nullable String serverName,
        List<String> versions,
        List<String> ciphers,
        boolean systemTrusted,
        @Nullable String caPassword) {

    /** The JDK's list of authorities, every check on. */
    public static final TlsOptions DEFAULT =
            new TlsOptions(null, null, null, null, null, true, true, List.of(), null, List.of(), List.of(), false);

    /** Without a password of the CA file. */
    public TlsOptions(
            @Nullable Path caFile,
            @Nullable Path caDirectory,
            @Nullable Path certificateFile,
            @Nullable Path keyFile,
            @Nullable String keyPassword,
            boolean hostnameChecked,
            boolean certificateChecked,
            List<String> alpn,
            @Nullable String serverName,
            List<String> versions,
            List<String> ciphers,
            boolean systemTrusted) {
        this(
                caFile,
                caDirectory,
                certificateFile,
                keyFile,
                keyPassword,
                hostnameChecked,
                certificateChecked,
                alpn,
                serverName,
                versions,
                ciphers,
                systemTrusted,
                null);
    }

    public TlsOptions {
        alpn = List.copyOf(alpn);
        versions = List.copyOf(versions);
        ciphers = List.copyOf(ciphers);
    }

    /** Trusting exactly the certificates of this file. */
    public static TlsOptions trusting(Path caFile) {
        return new TlsOptions(caFile, null, null, null, null, true, true, List.of(), null, List.of(), List.of(), false);
    }

    /** With the password of the store that the CA file is. */
    public TlsOptions withCaPassword(@Nullable String password) {
        return new TlsOptions(
                caFile,
                caDirectory,
                certificateFile,
                keyFile,
                keyPassword,
                hostnameChecked,
                certificateChecked,
                alpn,
                serverName,
                versions,
                ciphers,
                systemTrusted,
                password);
    }

    /** With a certificate of the client's own. */
    public TlsOptions withCertificate(Path certificate, @Nullable Path key, @Nullable String password) {
        return new TlsOptions(
                caFile,
                caDirectory,
                certificate,
                key,
                password,
                hostnameChecked,
                certificateChecked,
                alpn,
                serverName,
                versions,
                ciphers,
                systemTrusted,
                caPassword);
    }

    /** Without the check of the name, or without any check of the certificate. */
    public TlsOptions withChecks(boolean hostname, boolean certificate) {
        return new TlsOptions(
                caFile,
                caDirectory,
                certificateFile,
                keyFile,
                keyPassword,
                hostname,
                certificate,
                alpn,
                serverName,
                versions,
                ciphers,
                systemTrusted,
                caPassword);
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "TlsOptions[ca=" + caFile + ", certificate=" + certificateFile + ", hostnameChecked=" + hostnameChecked
                + ", certificateChecked=" + certificateChecked + "]";
    }
}
