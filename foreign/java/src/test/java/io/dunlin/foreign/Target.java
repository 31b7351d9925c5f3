package io.dunlin.foreign;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The broker under test, as foreign/run hands it over in system properties, and what all tests share. */
final class Target {
    static final String HOST = "127.0.0.1";
    static final int TCP = port("tcp");
    static final int TLS = port("tls");
    static final int WS = port("ws");
    static final int WSS = port("wss");
    static final int LOGINS = port("logins");
    static final long WAIT_SECONDS = 10;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Target() {}

    private static int port(String name) {
        return Integer.getInteger("foreign." + name, 0);
    }

    static String unique(String prefix) {
        return prefix + "-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
    }

    static String topic() {
        return "foreign/" + unique("java") + "/x";
    }

    /** The next element, or a failure that says what was awaited. */
    static <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
        T value = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (value == null) {
            throw new AssertionError("not within " + WAIT_SECONDS + " s: " + what);
        }
        return value;
    }

    static TrustManagerFactory trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(System.getProperty("foreign.certs"), "ca.crt"))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    static SSLSocketFactory sockets() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        try {
            context.init(null, trust().getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no TLS context", e);
        }
        return context.getSocketFactory();
    }
}
