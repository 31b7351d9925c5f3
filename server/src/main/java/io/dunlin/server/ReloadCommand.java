package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code dunlin reload}. */
@Command(
        name = "reload",
        description =
                "Has a running broker read its configuration, users, rules and certificates again, all or nothing, as"
                        + " SIGHUP does, and says what has changed. Exit code 1 where it goes on with the old ones.")
final class ReloadCommand extends Administers {
    @Override
    int run() {
        JsonNode outcome = broker().call("reload", Map.of());
        Optional<JsonNode> wanted = shown(outcome);
        boolean done = outcome.path("done").asBoolean(false);
        wanted.ifPresent(answer -> answer.path("lines").forEach(line -> out().println(line.asString())));
        if (!done && wanted.isPresent()) {
            throw new CommandFailed("the broker goes on with what it had before");
        }
        return done ? Main.OK : Main.FAILED;
    }
}
