package io.dunlin.server.config;

import com.typesafe.config.ConfigUtil;
import io.dunlin.security.acl.Network;
import io.dunlin.security.directory.LdapSource;
import io.dunlin.security.http.HttpLoginSource;
import io.dunlin.security.sql.SqlAccessSource;
import io.dunlin.security.sql.SqlLoginSource;
import io.dunlin.server.config.ListenerSettings.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between settings, and with the files that they name. */
final class ConfigChecks {
    private static final long STORE_BYTES_MIN = 16L << 20;
    private static final Set<String> TLS_VERSIONS = Set.of("1.2", "1.3");

    private final Bound<ServerConfig> bound;
    private final List<Problem> problems = new ArrayList<>();

    private ConfigChecks(Bound<ServerConfig> bound) {
        this.bound = bound;
    }

    /** All that is wrong; empty where nothing is. */
    static List<Problem> check(Bound<ServerConfig> bound) {
        ConfigChecks checks = new ConfigChecks(bound);
        checks.node();
        checks.listeners();
        checks.login();
        checks.limits();
        checks.rights();
        checks.durability();
        checks.store();
        checks.console();
        checks.telemetry();
        return List.copyOf(checks.problems);
    }

    private void node() {
        String name = bound.value().node().name();
        if (name.isBlank() || name.chars().anyMatch(c -> c == '/' || c == '+' || c == '#' || c < ' ')) {
            add("node.name", "node.name = \"" + name + "\" cannot be a topic level: expected is a text without / + #");
        }
        Path folder = bound.value().node().dataDir();
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            add("node.data-dir", "node.data-dir = " + folder + " is a file: expected is the path of a folder");
        }
    }

    private void store() {
        long bytes = bound.value().store().maxSize().bytes();
        if (bytes != 0 && bytes < STORE_BYTES_MIN) {
            add(
                    "store.max-size",
                    "store.max-size = " + bytes + " is too small for a store: expected is 16MiB or more, or 0");
        }
    }

    private void console() {
        ConsoleConfig console = bound.value().console();
        Bind at = console.bind();
        if (at.isUnix()) {
            add(
                    "console.bind",
                    "console.bind = " + at + " is no address and port: expected is one such as 127.0.0.1:18083");
        }
        if (console.enabled() && !at.isLoopback() && console.tls().isEmpty() && !console.allowPlain()) {
            add(
                    "console.bind",
                    "console.bind = " + at + " is open to the network, and passwords would pass it in the clear: give"
                            + " console.tls, or set console.allow-plain = true");
        }
        console.tls().ifPresent(tls -> {
            readable("console.tls.certfile", tls.certfile());
            readable("console.tls.keyfile", tls.keyfile());
        });
    }

    private void telemetry() {
        TelemetryConfig telemetry = bound.value().telemetry();
        telemetry.problems(this::add);
        telemetry.cafile().ifPresent(file -> {
            if (Files.isReadable(file)) {
                usable("telemetry.cafile", () -> certificatesIn("telemetry.cafile", file));
            } else {
                readable("telemetry.cafile", file);
            }
        });
    }

    private static void certificatesIn(String path, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty()) {
                return;
            }
        } catch (IOException | CertificateException e) { // told below
            throw new IllegalArgumentException(
                    path + " = " + file + " cannot be used: expected are certificates in PEM", e);
        }
        throw new IllegalArgumentException(path + " = " + file + " holds no certificate: expected are some in PEM");
    }

    private void durability() {
        DurabilityConfig durability = bound.value().durability();
        DurabilityConfig.problems(durability.topics(), true)
                .forEach(problem -> add("durability.topics", "durability.topics: " + problem));
        DurabilityConfig.problems(durability.clients(), false)
                .forEach(problem -> add("durability.clients", "durability.clients: " + problem));
    }

    private void limits() {
        for (String address : bound.value().limits().exemptAddresses()) {
            try {
                Network.of(address);
            } catch (IllegalArgumentException e) {
                add("limits.exempt-addresses", "limits.exempt-addresses: " + e.getMessage());
            }
        }
    }

    private void login() {
        bound.value().authentication().certificate().ifPresent(this::certificateLogins);
        bound.value().authentication().passwordFile().ifPresent(file -> readable("authentication.password-file", file));
        bound.value().authentication().ldap().ifPresent(this::ldap);
        bound.value()
                .authentication()
                .sql()
                .ifPresent(
                        sql -> usable("authentication.sql", () -> SqlLoginSource.check(sql.toSettings(), sql.query())));
        bound.value().authentication().jwt().ifPresent(this::tokens);
        bound.value().authentication().http().ifPresent(this::http);
    }

    private void ldap(LdapConfig ldap) {
        ldap.cafile().ifPresent(file -> readable("authentication.ldap.cafile", file));
        usable("authentication.ldap", () -> LdapSource.check(ldap.toSettings()));
    }

    private void tokens(JwtConfig jwt) {
        String path = "authentication.jwt";
        jwt.problems().forEach(problem -> add(path, path + " " + problem));
        jwt.publicKeyFile().ifPresent(file -> readable(path + ".public-key-file", file));
        jwt.jwksFile().ifPresent(file -> readable(path + ".jwks-file", file));
        jwt.cafile().ifPresent(file -> readable(path + ".cafile", file));
    }

    private void http(HttpLoginConfig http) {
        http.cafile().ifPresent(file -> readable("authentication.http.cafile", file));
        usable("authentication.http", () -> HttpLoginSource.check("http", http.toSettings()));
    }

    /** For settings whose owner says itself what is wrong with them. */
    private void usable(String path, Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            add(path, String.valueOf(e.getMessage()));
        }
    }

    private void rights() {
        AuthorizationConfig authorization = bound.value().authorization();
        authorization.aclFile().ifPresent(file -> readable("authorization.acl-file", file));
        authorization.problems(this::add);
        authorization
                .sql()
                .ifPresent(sql -> usable(
                        "authorization.sql",
                        () -> SqlAccessSource.check(
                                sql.toSettings(bound.value().authentication().sql()), sql.query())));
    }

    private void certificateLogins(CertificateConfig certificate) {
        String path = "authentication.certificate";
        boolean isAsked = bound.value().listeners().values().stream()
                .anyMatch(listener -> listener.enabled()
                        && listener.tls().flatMap(Tls::cafile).isPresent());
        if (!isAsked) {
            add(
                    path,
                    path
                            + " has no effect: no listener has tls.cafile, the authorities that sign clients' certificates");
        }
        certificate
                .ocspUrl()
                .filter(url -> !url.startsWith("http://") && !url.startsWith("https://"))
                .ifPresent(url ->
                        add(path + ".ocsp-url", path + ".ocsp-url = \"" + url + "\": expected is http://HOST/PATH"));
        if (certificate.onlyListed() && certificate.users().isEmpty()) {
            add(
                    path + ".only-listed",
                    path + ".only-listed lets nobody in: list certificates under " + path + ".users");
        }
    }

    private void listeners() {
        Map<Bind, String> taken = new HashMap<>();
        bound.value().listeners().forEach((name, listener) -> {
            String path = "listeners." + ConfigUtil.joinPath(name);
            if (!listener.enabled()) {
                return;
            }
            String other = listener.bind().port() == 0 ? null : taken.putIfAbsent(listener.bind(), name);
            if (other != null) {
                add(path + ".bind", path + ".bind = " + listener.bind() + " is taken by the listener " + other);
            }
            tls(path, listener);
            webSocket(path, listener);
            anonymous(path, listener);
        });
    }

    private void tls(String path, ListenerSettings listener) {
        boolean wanted = listener.type().isTls();
        if (wanted && listener.tls().isEmpty()) {
            add(
                    path,
                    path + " has type " + Values.write(listener.type(), false)
                            + " but no tls { certfile, keyfile }: give both, or change its type");
        }
        if (!wanted && listener.tls().isPresent()) {
            add(
                    path + ".tls",
                    path + ".tls has no effect on type " + Values.write(listener.type(), false) + ": set type = "
                            + (listener.type().isWebSocket() ? "wss" : "tls") + " or leave tls out");
        }
        if (listener.useIdentityAsUsername()
                && listener.tls().filter(Tls::requireCertificate).isEmpty()) {
            add(
                    path + ".use-identity-as-username",
                    path + ".use-identity-as-username needs tls.require-certificate = true");
        }
        listener.tls().ifPresent(tls -> certificates(path + ".tls", tls));
    }

    private void certificates(String path, Tls tls) {
        readable(path + ".certfile", tls.certfile());
        readable(path + ".keyfile", tls.keyfile());
        tls.cafile().ifPresent(file -> readable(path + ".cafile", file));
        if (tls.requireCertificate() && tls.cafile().isEmpty()) {
            add(
                    path + ".require-certificate",
                    path + ".require-certificate needs cafile: the authorities that sign the clients' certificates");
        }
        tls.crlfile().ifPresent(file -> readable(path + ".crlfile", file));
        if (tls.crlfile().isPresent() && tls.cafile().isEmpty()) {
            add(
                    path + ".crlfile",
                    path
                            + ".crlfile needs cafile: the authorities whose certificates it revokes, which clients are asked for");
        }
        for (String version : tls.versions()) {
            if (!TLS_VERSIONS.contains(version)) {
                add(path + ".versions", path + ".versions has \"" + version + "\": expected are \"1.2\" and \"1.3\"");
            }
        }
        if (tls.versions().isEmpty()) {
            add(path + ".versions", path + ".versions is empty: expected are \"1.2\" and \"1.3\"");
        }
    }

    private void webSocket(String path, ListenerSettings listener) {
        String at = listener.websocket().path();
        if (!at.equals("*") && !at.startsWith("/")) {
            add(
                    path + ".websocket.path",
                    path + ".websocket.path = \"" + at + "\" does not begin with /: expected is a"
                            + " path such as /mqtt, or *");
        }
    }

    /** Nobody opens a broker to the network by forgetting a line. */
    private void anonymous(String path, ListenerSettings listener) {
        AuthenticationConfig authentication = bound.value().authentication();
        boolean login = authentication.hasLogin() || listener.useIdentityAsUsername();
        boolean said =
                listener.allowAnonymous().or(authentication::allowAnonymous).isPresent();
        if (login || Listeners.anonymous(listener, authentication)) {
            return;
        }
        if (said) {
            add(
                    path,
                    path + " lets nobody in: anonymous clients are refused and no user is configured; give"
                            + " authentication.password-file or authentication.users, or set allow-anonymous = true");
        } else {
            add(
                    path + ".bind",
                    path + ".bind = " + listener.bind() + " is open to the network and no login is configured:"
                            + " give authentication.password-file or authentication.users, or set " + path
                            + ".allow-anonymous = true to let everybody in");
        }
    }

    private void readable(String path, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            String what = Files.exists(file) ? "is no file that this user can read" : "does not exist";
            add(path, path + " = " + file + " " + what);
        }
    }

    private void add(String path, String message) {
        problems.add(bound.problem(path, message));
    }
}
