package io.dunlin.server;

import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code dunlin security}. */
@Command(
        name = "security",
        description = "Shows what a running broker has counted about logins, rights and limits since its start.",
        subcommands = {SecurityCertificatesCommand.class, SecurityKeysCommand.class})
final class SecurityCommand extends Administers {
    @Override
    int run() {
        ask("security", Map.of()).ifPresent(figures -> {
            TextTable table = new TextTable("FIGURE", "COUNT");
            for (Map.Entry<String, JsonNode> figure : figures.properties()) {
                table.row(figure.getKey(), figure.getValue().asString());
            }
            print(table, "Nothing has been counted.");
        });
        return Main.OK;
    }
}
