package io.dunlin.server.control;

import io.dunlin.broker.port.Clock;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The certificates that the broker works with, and when they end. Thread: any but the shards. */
public final class Certificates {
    private final Supplier<List<InUse>> all;
    private final Clock clock;

    public Certificates(Supplier<List<InUse>> all, Clock clock) {
        this.all = all;
        this.clock = clock;
    }

    /**
     * A certificate that the broker works with.
     *
     * @param setting where it is from, such as {@code listeners.tls.certfile}
     */
    public record InUse(String setting, X509Certificate certificate) {}

    /** Adds the command {@code certificates.list}. */
    public void addTo(ControlCommands commands) {
        commands.add("certificates.list", this::list);
    }

    private Listed<CertificateRow> list(Request request) {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        Optional<String> state = request.optional("state");
        state.filter(wanted -> !CertificateRow.STATES.contains(wanted)).ifPresent(wanted -> {
            throw new CommandFailed(
                    "state is " + wanted + ", expected is one of " + String.join(", ", CertificateRow.STATES));
        });
        return Listed.of(
                request,
                all.get().stream().map(one -> CertificateRow.of(one, now)).toList(),
                row -> has(request, "like_setting", row, CertificateRow::setting)
                        && has(request, "like_subject", row, CertificateRow::subject)
                        && state.map(row.state()::equals).orElse(true),
                Listed.order(request, CertificateRow.ORDERS, CertificateRow.BY_END));
    }

    private static boolean has(
            Request request, String filter, CertificateRow row, Function<CertificateRow, String> field) {
        return request.optional(filter)
                .map(part -> field.apply(row).toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                .orElse(true);
    }
}
