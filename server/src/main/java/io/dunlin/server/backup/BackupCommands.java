package io.dunlin.server.backup;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.port.Download;
import io.dunlin.security.audit.Actor;
import io.dunlin.server.control.Changes;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.server.control.Request;
import io.dunlin.storage.StoreCut;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands {@code backup} and {@code restore} of a running broker; one of each at a time. Thread: any but the shards. */
public final class BackupCommands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupCommands.class);
    private static final long CUT_MINUTES_MAX = 10;
    private static final long LOOK_SECONDS = 10;

    private final Source source;
    private final Changes changes;
    private final OneAtATime taking;
    private final OneAtATime staging;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("backup-watch").daemon().factory());

    public BackupCommands(Source source, Changes changes) {
        this.source = source;
        this.changes = changes;
        this.taking = new OneAtATime("a backup is being taken", source.clock());
        this.staging = new OneAtATime("a backup is being restored", source.clock());
    }

    /**
     * What there is to back up.
     *
     * @param folder of the data; empty for a broker that stores nothing
     * @param cut makes a checkpoint and holds it
     * @param about what the broker is and has
     * @param configuration as text, without its secrets
     * @param clock the time
     */
    public record Source(
            Optional<Path> folder,
            Supplier<CompletionStage<StoreCut>> cut,
            Supplier<Contents> about,
            Supplier<String> configuration,
            Clock clock) {}

    /** Adds the commands. */
    public void addTo(ControlCommands commands) {
        commands.addDownload("backup", this::backup).addUpload("restore", this::restore);
    }

    /** From now on what has waited too long for whoever reads a backup or sends one is given up. */
    public void start() {
        thread.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void look() {
        taking.look();
        staging.look();
    }

    private Path folder(String command) {
        return source.folder()
                .orElseThrow(() ->
                        new CommandFailed(command + ": this broker stores nothing (--memory, store.enabled = false), so"
                                + " there is nothing to back up or to restore to: start it with a data folder"));
    }

    private Download backup(Request request) {
        Path folder = folder("backup");
        OneAtATime.Turn turn = taking.begin();
        boolean taken = false;
        try {
            Contents about = source.about().get();
            String configuration = source.configuration().get();
            Download backup = changes.change(
                    request.who(),
                    "backup.taken",
                    Map.of(
                            "sessions",
                            about.counts().sessions(),
                            "retained",
                            about.counts().retained()),
                    () -> TakenBackup.of(cut(), folder, about, configuration, turn));
            turn.waits();
            taken = true;
            return backup;
        } finally {
            if (!taken) {
                turn.close();
            }
        }
    }

    private StoreCut cut() {
        CompletionStage<StoreCut> cut = source.cut().get();
        try {
            return cut.toCompletableFuture().get(CUT_MINUTES_MAX, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut.thenAccept(BackupCommands::release);
            throw new CommandFailed("the backup was interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailed(
                    "the backup could not be taken, since the store cannot make a checkpoint: " + cause.getMessage());
        } catch (TimeoutException e) {
            cut.thenAccept(BackupCommands::release);
            throw new CommandFailed("the backup could not be taken: the store has made no checkpoint within "
                    + CUT_MINUTES_MAX + " minutes; see the broker's log");
        }
    }

    /** One that came when nobody waited for it any more. */
    private static void release(StoreCut late) {
        try {
            late.close();
        } catch (IOException e) {
            LOG.warn("a file of the store that was to be copied could not be closed: {}", e.toString());
        }
    }

    private Object restore(Request request, InputStream backup) {
        Path folder = folder("restore");
        boolean isDry = request.flag("dry_run");
        try (OneAtATime.Turn turn = staging.begin()) {
            InputStream watched = turn.watched(backup);
            return isDry ? verified(watched) : staged(request.who(), watched, folder);
        }
    }

    private static Map<String, Object> verified(InputStream backup) {
        try {
            return outcome(
                    Restores.verify(backup),
                    "verified",
                    "The backup is whole and can be restored; nothing was changed.");
        } catch (BackupRefused e) {
            throw new CommandFailed(e.sentence());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Map<String, Object> staged(Actor who, InputStream backup, Path folder) {
        return changes.change(who, "backup.staged", Map.of(), () -> {
            try {
                Restores.Staged staged = Restores.stage(
                        backup, folder, Instant.ofEpochMilli(source.clock().wallMillis()));
                return outcome(
                        staged.contents(),
                        "staged",
                        "The backup is whole and takes effect when the broker is started the next time: restart it. What the"
                                + " broker has until then is kept in " + folder.resolve(staged.aside())
                                + "; to change your mind, delete " + folder.resolve(Staging.STAGED)
                                + " before.");
            } catch (BackupRefused e) {
                throw new CommandFailed(e.sentence());
            } catch (IOException e) {
                throw unreadable(e);
            }
        });
    }

    private static CommandFailed unreadable(IOException e) {
        return new CommandFailed("the backup could not be read or kept: " + e.getMessage() + "; nothing was changed");
    }

    /** For people and programs. @param state verified, staged or restored */
    public static Map<String, Object> outcome(Contents contents, String state, String sentence) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("state", state);
        all.put("message", sentence);
        all.put("taken", contents.taken().toString());
        all.put("node", contents.node());
        all.put("dunlin", contents.version());
        all.put("sessions", contents.counts().sessions());
        all.put("subscriptions", contents.counts().subscriptions());
        all.put("retained", contents.counts().retained());
        all.put("queued", contents.counts().queued());
        all.put("users", contents.counts().users());
        return all;
    }
}
