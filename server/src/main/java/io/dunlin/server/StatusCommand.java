package io.dunlin.server;

import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code dunlin status}. */
@Command(name = "status", description = "Says how a running broker is: version, since when, clients, listeners.")
final class StatusCommand extends Administers {
    @Override
    int run() {
        ask("status", Map.of()).ifPresent(status -> {
            for (Map.Entry<String, JsonNode> entry : status.properties()) {
                JsonNode value = entry.getValue();
                if (value.isArray()) {
                    value.forEach(element -> line(entry.getKey(), element.asString()));
                } else {
                    line(entry.getKey(), value.asString());
                }
            }
        });
        return Main.OK;
    }

    private void line(String name, String value) {
        out().printf("%-20s %s%n", name, TextTable.clean(value));
    }
}
