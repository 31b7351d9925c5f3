package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code dunlin config dry-run}. */
@Command(
        name = "dry-run",
        description = "Says what a configuration file would change in a running broker, and changes nothing.")
final class ConfigDryRunCommand extends Administers {
    @Parameters(paramLabel = "FILE", description = "The configuration file that might be taken.")
    private Path file = Path.of("");

    @Override
    int run() {
        JsonNode answer = broker().call("config.dry_run", Map.of("name", file.toString(), "text", text()));
        shown(answer).ifPresent(shown -> {
            for (JsonNode problem : shown.path("problems")) {
                err().println("dunlin: " + said(problem));
            }
            for (JsonNode warning : shown.path("warnings")) {
                err().println("dunlin: warning: " + said(warning));
            }
            for (JsonNode change : shown.path("changes")) {
                out().println(TextTable.clean(change.path("path").asString("") + ": "
                        + orUnset(change.path("before").asString("")) + " -> "
                        + orUnset(change.path("after").asString(""))
                        + (change.path("restart").asBoolean() ? " (at the next start)" : "")));
            }
            if (shown.path("ok").asBoolean() && shown.path("changes").isEmpty()) {
                out().println("No setting would change.");
            }
        });
        return answer.path("ok").asBoolean() ? Main.OK : Main.FAILED;
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailed("there is no file " + file);
        } catch (IOException e) {
            throw new CommandFailed("the file " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static String orUnset(String value) {
        return value.isEmpty() ? "(unset)" : value;
    }

    private static String said(JsonNode problem) {
        String origin = problem.path("origin").asString("");
        return TextTable.clean((origin.isEmpty() ? "" : origin + ": ")
                + problem.path("message").asString(""));
    }
}
