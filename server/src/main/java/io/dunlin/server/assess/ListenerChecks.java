package io.dunlin.server.assess;

import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.ListenerSettings.ProxyProtocol;
import io.dunlin.server.config.ListenerSettings.Tls;
import io.dunlin.server.config.Listeners;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the listeners let in, and how. */
final class ListenerChecks {
    private static final Pattern BROKEN_CIPHER =
            Pattern.compile("NULL|ANON|EXPORT|RC4|RC2|_DES_|3DES|DES-CBC|MD5|IDEA|SEED|ADH|AECDH");

    /** No forward secrecy, or a mode that padding attacks know. */
    private static final Pattern OLD_CIPHER = Pattern.compile("TLS_RSA_|_CBC_|^AES|^CAMELLIA|-SHA$|-SHA256$|-SHA384$");

    private static final Pattern GCM = Pattern.compile("GCM|CHACHA|POLY1305");

    private final Subject subject;

    private ListenerChecks(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        ListenerChecks checks = new ListenerChecks(subject);
        subject.listeners().forEach(checks::check);
    }

    private void check(String path, ListenerSettings listener) {
        boolean network = !listener.bind().isLoopback();
        boolean anonymous = Listeners.anonymous(listener, subject.config().authentication());
        if (anonymous) {
            anonymous(path, network);
        }
        if (network && !listener.type().isTls()) {
            String secure = listener.type().isWebSocket() ? "wss" : "tls";
            subject.find(
                    Check.PLAIN_LISTENER,
                    Severity.HIGH,
                    path + ".bind",
                    path + " speaks without TLS at " + listener.bind() + ", which others reach",
                    path + " { type = " + secure + ", tls { certfile = server.pem, keyfile = server-key.pem } }"
                            + "   (dunlin certs makes them)");
        }
        proxy(path, listener, network);
        webSocket(path, listener, anonymous);
        listener.tls().ifPresent(tls -> tls(path + ".tls", tls));
    }

    private void anonymous(String path, boolean network) {
        if (network) {
            subject.find(
                    Check.ANONYMOUS_ACCESS,
                    Severity.CRITICAL,
                    path + ".allow-anonymous",
                    path + " takes clients from the network without a login",
                    path + ".allow-anonymous = false");
        } else {
            subject.find(
                    Check.ANONYMOUS_ACCESS,
                    Severity.LOW,
                    path + ".allow-anonymous",
                    path + " takes every program of this machine without a login",
                    path + ".allow-anonymous = false   (and dunlin users create NAME)");
        }
    }

    private void proxy(String path, ListenerSettings listener, boolean network) {
        if (listener.proxyProtocol() != ProxyProtocol.OFF
                && listener.trustedProxies().isEmpty()
                && !listener.bind().isUnix()) {
            subject.find(
                    Check.PROXY_UNTRUSTED,
                    network ? Severity.HIGH : Severity.LOW,
                    path + ".proxy-protocol",
                    path + " believes the PROXY header of everybody who connects",
                    path + ".trusted-proxies = [\"10.0.0.5\"]   (the addresses of your proxies)");
        }
    }

    private void webSocket(String path, ListenerSettings listener, boolean anonymous) {
        if (listener.type().isWebSocket() && listener.websocket().origins().isEmpty()) {
            subject.find(
                    Check.WEBSOCKET_ORIGINS,
                    anonymous ? Severity.MEDIUM : Severity.LOW,
                    path + ".websocket.origins",
                    path + " takes WebSockets from the scripts of any web page"
                            + (anonymous ? ", without a login" : ""),
                    path + ".websocket.origins = [\"https://console.example\"]   (the pages of your own)");
        }
    }

    private void tls(String path, Tls tls) {
        if (!tls.versions().contains("1.3")) {
            subject.find(
                    Check.OLD_TLS,
                    Severity.MEDIUM,
                    path + ".versions",
                    path + ".versions offers " + String.join(", ", tls.versions()) + " and not 1.3",
                    path + ".versions = [\"1.2\", \"1.3\"]");
        }
        weak(path, "broken", tls.ciphers(), Severity.HIGH);
        weak(path, "old", tls.ciphers(), Severity.MEDIUM);
    }

    private void weak(String path, String kind, List<String> ciphers, Severity severity) {
        List<String> found =
                ciphers.stream().filter(cipher -> kind(cipher).equals(kind)).toList();
        if (!found.isEmpty()) {
            subject.find(
                    Check.WEAK_CIPHER,
                    severity,
                    path + ".ciphers",
                    path + ".ciphers offers the " + kind + " " + String.join(", ", found),
                    path + ".ciphers = []   (those of the engine)");
        }
    }

    private static String kind(String cipher) {
        String name = cipher.toUpperCase(Locale.ROOT);
        if (BROKEN_CIPHER.matcher(name).find()) {
            return "broken";
        }
        boolean withoutForwardSecrecy = name.startsWith("TLS_RSA_") || name.startsWith("AES") || name.startsWith("RSA");
        boolean old = OLD_CIPHER.matcher(name).find() && !GCM.matcher(name).find();
        return withoutForwardSecrecy || old ? "old" : "good";
    }
}
