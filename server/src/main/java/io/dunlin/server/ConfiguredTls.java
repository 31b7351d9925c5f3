package io.dunlin.server;

import io.dunlin.server.config.ConsoleConfig;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.transport.Listener;
import io.dunlin.transport.TlsFigures;
import io.dunlin.transport.TransportException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The TLS files of a configuration's listeners and console, read as the broker reads them.
 *
 * @param dated what has an end, by listener
 * @param unusable a sentence for each listener that could not open, and for the console
 */
record ConfiguredTls(List<Dated> dated, List<String> unusable) {
    /**
     * A certificate or revocation list.
     *
     * @param place the setting that names its file
     * @param what the subject of a certificate
     */
    record Dated(String place, String what, Instant end) {
        String ended() {
            return place + ": " + what + " has ended at " + end + ": renew it";
        }
    }

    static ConfiguredTls of(ServerConfig config) {
        List<Dated> dated = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        config.listeners().forEach((name, settings) -> {
            try {
                TlsFigures figures = Listener.check(Transports.listener(name, settings));
                if (figures != null) {
                    String place = "listeners." + name + ".tls.";
                    figures.certificates().forEach(one -> dated.add(dated(place + "certfile", one)));
                    figures.authorities().forEach(one -> dated.add(dated(place + "cafile", one)));
                    figures.listsUntil()
                            .ifPresent(end -> dated.add(new Dated(place + "crlfile", "revocation list", end)));
                }
            } catch (TransportException e) {
                unusable.add(String.valueOf(e.getMessage()));
            }
        });
        ConsoleConfig console = config.console();
        unusable.addAll(ConsoleDoor.problems(console));
        if (console.enabled()) {
            console.tls().stream()
                    .flatMap(tls -> CertificateWatch.read(tls.certfile()).stream())
                    .forEach(one -> dated.add(dated("console.tls.certfile", one)));
        }
        return new ConfiguredTls(List.copyOf(dated), List.copyOf(unusable));
    }

    private static Dated dated(String place, X509Certificate certificate) {
        return new Dated(
                place,
                certificate.getSubjectX500Principal().getName(),
                certificate.getNotAfter().toInstant());
    }

    /** What was over at a moment. */
    List<Dated> ended(Instant now) {
        return dated.stream().filter(one -> one.end().isBefore(now)).toList();
    }
}
