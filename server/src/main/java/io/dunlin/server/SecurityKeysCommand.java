package io.dunlin.server;

import io.dunlin.server.control.TokenKeys;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code dunlin security keys}. */
@Command(
        name = "keys",
        description =
                "Lists where a running broker has the keys from that tokens (JWT) are verified with, and whether it could"
                        + " fetch them. Keys themselves are never shown.")
final class SecurityKeysCommand extends Lists {
    @Override
    int run() {
        return list(
                "jwt_keys.list",
                Map.of(),
                "No logins with tokens are configured (authentication.jwt).",
                CsvText.fields(TokenKeys.Row.class),
                Column.of("SETTING", "setting"),
                Column.of("SOURCE", "source"),
                Column.of("KEYS", "keys"),
                new Column("IDS", row -> CsvText.cell(row.path("key_ids"))),
                Column.of("FETCHED", "fetched_at"),
                Column.of("FAILED", "failed_fetches"),
                Column.of("LAST ERROR", "error"));
    }
}
