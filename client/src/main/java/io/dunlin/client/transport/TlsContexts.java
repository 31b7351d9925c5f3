package io.dunlin.client.transport;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the JDK's TLS contexts: which certificates are shown and which are trusted. */
final class TlsContexts {
    private static final char[] NO_PASSWORD = new char[0];

    private static final int CACHED_MAX = 64;

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Key, SSLContext> CACHED = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SSLContext> eldest) {
            return size() > CACHED_MAX;
        }
    };

    private TlsContexts() {}

    /** Options, and what the files were when they were read: renewed certificates make a new context. */
    private record Key(TlsOptions options, List<String> files) {}

    /**
     * As {@link #of}, but the same for equal options as long as the files stay the same, so that TLS sessions are resumed.
     *
     * @throws IOException as {@link #of}
     */
    static SSLContext cached(TlsOptions options) throws IOException {
        Key key = new Key(options, fileStates(options));
        LOCK.lock();
        try {
            SSLContext context = CACHED.get(key);
            if (context == null) {
                context = of(options);
                CACHED.put(key, context);
            }
            return context;
        } finally {
            LOCK.unlock();
        }
    }

    private static List<String> fileStates(TlsOptions options) {
        List<String> states = new ArrayList<>();
        for (Path file : new @Nullable Path[] {
            options.caFile(), options.caDirectory(), options.certificateFile(), options.keyFile()
        }) {
            if (file != null) {
                File state = file.toFile();
                states.add(state.lastModified() + " " + state.length());
            }
        }
        return states;
    }

    /** For one connection, with the host's name for SNI and for the check of the certificate. */
    static SSLEngine engine(SSLContext context, String host, int port, TlsOptions options) throws IOException {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (options.hostnameChecked() && options.certificateChecked()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        try {
            String serverName = options.serverName();
            if (serverName != null) {
                parameters.setServerNames(List.of(new SNIHostName(serverName)));
            }
            if (!options.alpn().isEmpty()) {
                parameters.setApplicationProtocols(options.alpn().toArray(new String[0]));
            }
            if (!options.versions().isEmpty()) {
                parameters.setProtocols(options.versions().toArray(new String[0]));
            }
            if (!options.ciphers().isEmpty()) {
                parameters.setCipherSuites(options.ciphers().toArray(new String[0]));
            }
            engine.setSSLParameters(parameters);
        } catch (IllegalArgumentException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage() + ".", e);
        }
        return engine;
    }

    /**
     * Reads the files that the options name; blocks for that long.
     *
     * @throws IOException with a sentence that names the file and says what to do
     */
    static SSLContext of(TlsOptions options) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(options), trustManagers(options), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage() + ".", e);
        }
    }

    private static KeyManager @Nullable [] keyManagers(TlsOptions options)
            throws IOException, GeneralSecurityException {
        Path certificate = options.certificateFile();
        if (certificate == null) {
            return null;
        }
        StoreFiles.Identity identity = identity(options, certificate);
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client", identity.key(), NO_PASSWORD, identity.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static StoreFiles.Identity identity(TlsOptions options, Path certificate) throws IOException {
        if (StoreFiles.isBinary(certificate)) {
            return StoreFiles.identity(certificate, options.keyPassword());
        }
        Path key = options.keyFile();
        return new StoreFiles.Identity(
                PemFiles.key(key == null ? certificate : key, options.keyPassword()),
                PemFiles.certificates(certificate));
    }

    private static TrustManager @Nullable [] trustManagers(TlsOptions options)
            throws IOException, GeneralSecurityException {
        if (!options.certificateChecked()) {
            return new TrustManager[] {new TrustEverything()};
        }
        List<X509Certificate> authorities = new ArrayList<>();
        Path caFile = options.caFile();
        if (caFile != null) {
            authorities.addAll(
                    StoreFiles.isBinary(caFile)
                            ? StoreFiles.certificates(caFile, options.caPassword())
                            : PemFiles.certificates(caFile));
        }
        Path directory = options.caDirectory();
        if (directory != null) {
            authorities.addAll(certificatesIn(directory));
        }
        if (authorities.isEmpty()) {
            return null; // the JDK's own list
        }
        if (options.systemTrusted()) {
            TrustManagerFactory system = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            system.init((KeyStore) null);
            for (TrustManager manager : system.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    authorities.addAll(List.of(x509.getAcceptedIssuers()));
                }
            }
        }
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        TrustManager[] managers = factory.getTrustManagers();
        for (int i = 0; i < managers.length; i++) {
            if (managers[i] instanceof X509ExtendedTrustManager paths) {
                managers[i] = new DatedTrust(paths);
            }
        }
        return managers;
    }

    private static List<X509Certificate> certificatesIn(Path directory) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (Files.isRegularFile(file) && Files.readString(file).contains("CERTIFICATE-----")) {
                    found.addAll(PemFiles.certificates(file));
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException("The directory " + directory + " holds no certificate in PEM form.");
        }
        return found;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** For trials: any certificate passes. */
    private static final class TrustEverything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
