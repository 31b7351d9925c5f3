package io.dunlin.server;

import io.dunlin.server.control.CertificateRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin security certificates}. */
@Command(
        name = "certificates",
        description = {
            "Lists the certificates that a running broker works with, those that end first at the top: its own of listeners and"
                    + " console, and the authorities by which it knows clients and services.",
            "ends_soon is within 14 days."
        })
final class SecurityCertificatesCommand extends Lists {
    @Option(names = "--like", paramLabel = "TEXT", description = "Only those with this in their subject.")
    private @Nullable String like;

    @Option(names = "--setting", paramLabel = "TEXT", description = "Only those of settings with this in their name.")
    private @Nullable String setting;

    @Option(names = "--state", paramLabel = "STATE", description = "Only these: ok, not_yet, ends_soon or ended.")
    private @Nullable String state;

    @Override
    int run() {
        Map<String, Object> filters = new LinkedHashMap<>();
        put(filters, "like_subject", like);
        put(filters, "like_setting", setting);
        put(filters, "state", state);
        return list(
                "certificates.list",
                filters,
                filters.isEmpty() ? "The broker works with no certificates." : "There is no such certificate.",
                CsvText.fields(CertificateRow.class),
                Column.of("SETTING", "setting"),
                Column.of("STATE", "state"),
                Column.of("DAYS LEFT", "days_left"),
                Column.of("UNTIL", "not_after"),
                Column.of("SUBJECT", "subject"),
                new Column("NAMES", row -> CsvText.cell(row.path("names"))),
                Column.of("ISSUER", "issuer"),
                Column.of("KEY", "key_algorithm"));
    }
}
