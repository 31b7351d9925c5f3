package io.dunlin.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin alarms}. */
@Command(
        name = "alarms",
        description = {
            "Lists the alarms of a running broker: those that are raised, then those that are over, the latest first.",
            "Exit code 0 where none is raised, 2 where one is."
        })
final class AlarmsCommand extends Administers {
    private static final int RAISED = 2;

    @Option(names = "--active", description = "Only those that are raised.")
    private boolean active;

    @Override
    int run() {
        List<JsonNode> alarms = new ArrayList<>();
        broker().call("alarms.list", Map.of()).forEach(alarms::add);
        boolean isRaised = alarms.stream().anyMatch(AlarmsCommand::isRaised);
        if (active) {
            alarms.removeIf(alarm -> !isRaised(alarm));
        }
        if (isJson()) {
            out().println(pretty(alarms));
        } else {
            show(alarms);
        }
        return isRaised ? RAISED : Main.OK;
    }

    private static boolean isRaised(JsonNode alarm) {
        return alarm.path("active").asBoolean();
    }

    private void show(List<JsonNode> alarms) {
        TextTable table = new TextTable("ALARM", "SEVERITY", "SINCE", "UNTIL", "WHAT");
        for (JsonNode alarm : alarms) {
            table.row(
                    alarm.path("name").asString(),
                    alarm.path("severity").asString(),
                    alarm.path("activate_at").asString(),
                    alarm.path("deactivate_at").asString("-"),
                    alarm.path("message").asString());
        }
        print(table, active ? "No alarm is raised." : "No alarm is raised, and none was since the start.");
    }
}
