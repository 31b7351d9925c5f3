package io.dunlin.server.assess;

import io.dunlin.server.config.AuthenticationConfig;
import io.dunlin.server.config.Bind;
import io.dunlin.server.config.SettingsWalk;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How directories, data bases and services are asked, and what of the rest is decided by single settings. */
final class BackendChecks {
    private final Subject subject;
    private final Map<String, Object> settings;

    private BackendChecks(Subject subject) {
        this.subject = subject;
        this.settings = SettingsWalk.settings(subject.bound());
    }

    static void check(Subject subject) {
        BackendChecks checks = new BackendChecks(subject);
        AuthenticationConfig authentication = subject.config().authentication();
        authentication
                .ldap()
                .filter(ldap -> !ldap.startTls())
                .ifPresent(ldap -> checks.plain(
                        "authentication.ldap.url",
                        ldap.url(),
                        "ldap:",
                        "authentication.ldap.start-tls = true, or an ldaps: address"));
        authentication
                .jwt()
                .flatMap(jwt -> jwt.jwksUrl())
                .ifPresent(url -> checks.plain(
                        "authentication.jwt.jwks-url",
                        url,
                        "http:",
                        "an https: address, with authentication.jwt.cafile for your own authority"));
        authentication
                .http()
                .ifPresent(http -> checks.plain(
                        "authentication.http.url",
                        http.url(),
                        "http:",
                        "an https: address, with authentication.http.cafile for your own authority"));
        checks.text("telemetry.endpoint")
                .ifPresent(url -> checks.plain(
                        "telemetry.endpoint",
                        url,
                        "http:",
                        "an https: address, with telemetry.cafile for your own authority"));
        authentication.sql().ifPresent(sql -> checks.sql("authentication.sql.url", sql.url()));
        checks.text("authorization.http.url")
                .ifPresent(url -> checks.plain(
                        "authorization.http.url",
                        url,
                        "http:",
                        "an https: address, with authorization.http.cafile for your own authority"));
        checks.text("authorization.sql.url").ifPresent(url -> checks.sql("authorization.sql.url", url));
        checks.noMatch();
        checks.revocation();
    }

    private Optional<String> text(String path) {
        return Optional.ofNullable(settings.get(path)).map(Object::toString);
    }

    private void plain(String path, String url, String scheme, String fix) {
        if (url.toLowerCase(Locale.ROOT).startsWith(scheme) && !isLocal(url)) {
            subject.find(
                    Check.BACKEND_PLAIN, Severity.HIGH, path, path + " = " + shown(url) + " is asked without TLS", fix);
        }
    }

    private void sql(String path, String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        boolean checked = lower.contains("sslmode=verify-full") || lower.contains("sslmode=verify-ca");
        if (lower.startsWith("jdbc:postgresql:") && !checked && !isLocal(url.substring("jdbc:".length()))) {
            subject.find(
                    Check.BACKEND_PLAIN,
                    Severity.HIGH,
                    path,
                    path + " = " + shown(url) + " does not insist on TLS with a certificate that is checked",
                    path + " = \"...?sslmode=verify-full\"");
        }
    }

    /** What comes after a question mark may hold a password. */
    private static String shown(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question) + "?...";
    }

    private static boolean isLocal(String url) {
        try {
            String host = URI.create(url.split("\\?", 2)[0]).getHost();
            return host == null || new Bind(host.replaceAll("^\\[|\\]$", ""), 0).isLoopback();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void noMatch() {
        if (text("authorization.no-match").filter("ALLOW"::equalsIgnoreCase).isPresent()) {
            subject.find(
                    Check.NO_MATCH_ALLOWS,
                    Severity.HIGH,
                    "authorization.no-match",
                    "what no rule speaks of is allowed",
                    "authorization.no-match = deny");
        }
    }

    private void revocation() {
        boolean ocsp = text("authentication.certificate.ocsp")
                .filter(value -> !value.equalsIgnoreCase("off"))
                .isPresent();
        subject.listeners()
                .forEach(
                        (path, listener) -> listener.tls()
                                .filter(tls -> tls.cafile().isPresent()
                                        && !ocsp
                                        && !settings.containsKey(path + ".tls.crlfile"))
                                .ifPresent(
                                        tls -> subject.find(
                                                Check.NO_REVOCATION,
                                                Severity.MEDIUM,
                                                path + ".tls",
                                                path + " takes client certificates and knows of none that is revoked",
                                                path
                                                        + ".tls.crlfile = crl.pem   (the list of your authority; dunlin certs revoke writes one)")));
    }
}
