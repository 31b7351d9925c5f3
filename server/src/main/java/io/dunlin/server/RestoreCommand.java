package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.backup.BackupCommands;
import io.dunlin.server.backup.BackupRefused;
import io.dunlin.server.backup.Contents;
import io.dunlin.server.backup.Restores;
import io.dunlin.server.control.CommandFailed;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin restore}. */
@Command(
        name = "restore",
        description = {
            "Lays a backup into the data folder of a broker that does not run, once every checksum in it was found right. The next"
                    + " start goes on from there.",
            "",
            "A broker that runs takes a backup through its console or POST /api/v1/restore, for its next start.",
            ""
        })
final class RestoreCommand extends Administers {
    private static final String STANDARD_INPUT = "-";
    private static final int BUFFER_BYTES = 256 << 10;

    @Parameters(paramLabel = "FILE", description = "The backup, or - for standard input.")
    private String file = "";

    @Option(names = "--dry-run", description = "Only read and verify it, and say what it holds.")
    private boolean dryRun;

    @Option(
            names = "--replace",
            description = "Where the folder holds data already, move that into a folder of its own in there.")
    private boolean replace;

    @Override
    int run() {
        try (InputStream in = new BufferedInputStream(opened(), BUFFER_BYTES)) {
            Map<String, Object> outcome = dryRun ? verified(in) : restored(in);
            shown(JsonMapper.shared().valueToTree(outcome)).ifPresent(answer -> {
                out().println("Taken " + answer.path("taken").asString() + " of the node "
                        + answer.path("node").asString() + " by Dunlin "
                        + answer.path("dunlin").asString() + ": "
                        + answer.path("sessions").asLong() + " sessions, "
                        + answer.path("subscriptions").asLong() + " subscriptions, "
                        + answer.path("queued").asLong() + " queued and "
                        + answer.path("retained").asLong() + " retained messages, "
                        + answer.path("users").asLong() + " users");
                out().println("OK: " + answer.path("message").asString());
            });
            return Main.OK;
        } catch (BackupRefused e) {
            throw new CommandFailed(e.sentence());
        } catch (IOException e) {
            throw new CommandFailed("the backup cannot be restored: " + e.getMessage());
        }
    }

    private InputStream opened() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return System.in;
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new CommandFailed("there is no file " + file + ": name one that dunlin backup has made");
        }
    }

    private static Map<String, Object> verified(InputStream in) throws IOException {
        Contents contents = Restores.verify(in);
        return BackupCommands.outcome(contents, "verified", "the backup is whole; nothing was changed");
    }

    private Map<String, Object> restored(InputStream in) throws IOException {
        Path data = broker().dataFolder();
        if (!broker().isNamed() && !Files.isDirectory(data)) {
            throw new CommandFailed("there is no folder " + data
                    + " here: say which broker's data folder is meant with --data DIR or -c FILE");
        }
        Restores.Restored restored = Restores.into(
                data, in, replace, Instant.ofEpochMilli(Clock.system().wallMillis()));
        return BackupCommands.outcome(
                restored.contents(),
                "restored",
                "restored into " + data
                        + restored.aside()
                                .map(aside -> "; what was there before is in " + aside)
                                .orElse("") + ": start the broker");
    }
}
