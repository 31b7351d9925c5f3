package io.dunlin.server;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin config show}. */
@Command(name = "show", description = "Shows the settings of a running broker, and where each was given.")
final class ConfigShowCommand extends Administers {
    @Option(names = "--all", description = "Also the settings that have their default.")
    private boolean all;

    @Option(names = "--like", paramLabel = "TEXT", description = "Only settings with this text in their name.")
    private @Nullable String like;

    @Override
    int run() {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("changed", !all);
        ClientsCommand.putIfThere(arguments, "like_key", like);
        ask("config.show", arguments).ifPresent(settings -> {
            TextTable table = new TextTable("SETTING", "VALUE", "GIVEN IN", "A CHANGE HOLDS");
            for (JsonNode setting : settings) {
                table.row(
                        setting.path("key").asString(""),
                        setting.path("value").asString(""),
                        setting.path("origin").asString(""),
                        setting.path("live").asBoolean() ? "after a reload" : "at the next start");
            }
            print(table, "All settings have their default: --all shows them.");
        });
        return Main.OK;
    }
}
