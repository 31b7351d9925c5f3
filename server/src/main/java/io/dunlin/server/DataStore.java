package io.dunlin.server;

import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal;
import io.dunlin.storage.FileJournal;
import io.dunlin.storage.NioDisk;
import io.dunlin.storage.StoreCut;
import io.dunlin.storage.StoreEvents;
import io.dunlin.storage.StoreFigures;
import io.dunlin.storage.StoreId;
import io.dunlin.storage.StoreOptions;
import io.dunlin.storage.StoreThreads;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a running broker keeps in its data folder; nothing where it has none. Thread: any. */
final class DataStore {
    private static final Logger LOG = LoggerFactory.getLogger("store");
    private static final int READERS = 2;
    private static final long CLOSE_SECONDS_MAX = 60;

    private final Journal journal;
    private final @Nullable FileJournal files; // these two: null without a folder
    private final @Nullable StoreThreads threads;
    private final CompletableFuture<String> failure;

    private DataStore(
            Journal journal,
            @Nullable FileJournal files,
            @Nullable StoreThreads threads,
            CompletableFuture<String> failure) {
        this.journal = journal;
        this.files = files;
        this.threads = threads;
        this.failure = failure;
    }

    /** Keeps nothing. */
    static DataStore none() {
        return new DataStore(new MemoryJournal(), null, null, new CompletableFuture<>());
    }

    /** @throws StartFailed where the folder cannot be used, with a sentence that says what to do */
    static DataStore open(Path folder, StoreOptions options, Clock clock) {
        CompletableFuture<String> failure = new CompletableFuture<>();
        makeFolder(folder);
        StoreThreads threads = new StoreThreads(READERS);
        try {
            FileJournal files = FileJournal.open(
                    new NioDisk(folder), StoreId.random(new SecureRandom()), options, threads, clock, events(failure));
            return new DataStore(files, files, threads, failure);
        } catch (IOException e) {
            threads.close();
            throw cannotUse(folder, e);
        }
    }

    private static void makeFolder(Path folder) {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (folder.getFileSystem()
                    .supportedFileAttributeViews()
                    .contains("posix")) { // it holds what others must not read
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(folder);
            }
        } catch (IOException e) {
            throw new StartFailed(
                    "the data folder " + folder + " cannot be made: choose a folder where this user can write", e);
        }
    }

    static StartFailed cannotUse(Path folder, Throwable cause) {
        String why = cause instanceof AccessDeniedException denied
                ? "this user may not write " + denied.getFile() + ": make the folder this user's, or choose another"
                : cause.getMessage();
        return new StartFailed("the data folder " + folder + " cannot be used: " + why, cause);
    }

    private static StoreEvents events(CompletableFuture<String> failure) {
        return new StoreEvents() {
            @Override
            public void notice(String line) {
                LOG.info("{}", line);
            }

            @Override
            public void warning(String line) {
                LOG.warn("{}", line);
            }

            @Override
            public void failed(String line) {
                LOG.error("{}", line);
                failure.complete(line);
            }
        };
    }

    Journal journal() {
        return journal;
    }

    /** Done, with what has happened, once nothing can be stored any more: the process has to end. */
    CompletionStage<String> failure() {
        return failure;
    }

    /** Empty without a folder. */
    Optional<StoreFigures> figures() {
        return Optional.ofNullable(files).map(FileJournal::figures);
    }

    /** Makes a checkpoint and holds what is stored then; only where there is a folder. */
    CompletionStage<StoreCut> cut() {
        return Optional.ofNullable(files)
                .map(FileJournal::cut)
                .orElseGet(() -> CompletableFuture.failedFuture(new IOException("this broker stores nothing")));
    }

    /** Writes and syncs everything, with a last checkpoint; the shards must still run. Waits for that. */
    void close() {
        if (files == null || threads == null) {
            return;
        }
        try {
            files.close().toCompletableFuture().get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("The store was not closed in order; the next start reads what it has written", e);
        } finally {
            threads.close();
        }
    }
}
