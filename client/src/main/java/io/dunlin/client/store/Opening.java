package io.dunlin.client.store;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Publish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from a name to an open file: makes it where it is not there, judges it, reads it. The lock is held meanwhile. */
final class Opening {
    private final Disk disk;
    private final Path path;
    private final Options options;
    private final String clientId;

    Opening(Disk disk, Path path, Options options, String clientId) {
        this.disk = disk;
        this.path = path;
        this.options = options;
        this.clientId = clientId;
    }

    /** The file, and the messages in it. */
    record Result(LogFile file, List<SessionStore.Stored> messages) {}

    /** @throws StoreFailed where the file must not be used */
    Result open() throws IOException {
        disk.delete(FileNames.fresh(path));
        if (!Files.exists(path)) {
            create();
        } else if (header() == null) {
            startAnew();
        }
        Disk.OpenFile file = disk.open(path);
        Result result = null;
        try {
            Header header = Header.read(file);
            if (header == null) {
                throw new IOException("what was just written cannot be read");
            }
            judge(header);
            result = read(file, header);
            return result;
        } finally {
            if (result == null) {
                file.close();
            }
        }
    }

    private @Nullable Header header() throws IOException {
        try (Disk.OpenFile file = disk.open(path)) {
            return Header.read(file);
        }
    }

    private void create() throws IOException {
        Path fresh = FileNames.fresh(path);
        byte[] header = new Header(Header.FORMAT, clientId, 0).encoded();
        try (Disk.OpenFile file = disk.create(fresh)) {
            file.write(0, header, 0, header.length);
            file.sync();
        }
        disk.replace(fresh, path);
        disk.syncFolderOf(path);
    }

    private void startAnew() throws IOException {
        if (!options.salvage()) {
            throw new StoreFailed(
                    "The file " + path
                            + " is no session store, or its beginning is damaged: restore it from a copy, name"
                            + " another file, or move it away to begin with nothing.",
                    null);
        }
        disk.copy(path, FileNames.damaged(path));
        create();
    }

    private void judge(Header header) {
        if (header.format() != Header.FORMAT) {
            throw new StoreFailed(
                    "The session store " + path + " has format " + header.format() + ", and this version knows "
                            + Header.FORMAT + ": use the version that wrote it, or name another file.",
                    null);
        }
        if (!header.clientId().equals(clientId)) {
            throw new StoreFailed(
                    "The session store " + path + " belongs to the client identifier \"" + header.clientId()
                            + "\", not to \"" + clientId + "\": name another file, or connect under that identifier.",
                    null);
        }
    }

    private Result read(Disk.OpenFile file, Header header) throws IOException {
        Kept kept = new Kept(header.lastToken());
        Scan scan = new Scan(file, kept);
        try {
            scan.read(header.encoded().length, options.salvage());
        } catch (Scan.Damage e) {
            throw damaged(e.at, kept.messages().size(), String.valueOf(e.getMessage()), e);
        }
        if (scan.damages() > 0) {
            disk.copy(path, FileNames.damaged(path));
        }
        LogFile log = new LogFile(disk, path, file, header, kept, scan.end(), options);
        List<SessionStore.Stored> messages = messages(log);
        if (scan.damages() > 0) {
            log.compact();
        }
        return new Result(log, messages);
    }

    private List<SessionStore.Stored> messages(LogFile log) throws IOException {
        List<SessionStore.Stored> messages = new ArrayList<>();
        for (Kept.Live live : List.copyOf(log.kept().messages())) {
            Publish message = message(log, live);
            if (message == null) {
                log.kept().removed(live.token);
            } else {
                messages.add(new SessionStore.Stored(live.token, message, live.packetId, live.released));
            }
        }
        return messages;
    }

    /** Null where it cannot be read and is to be passed over. */
    private @Nullable Publish message(LogFile log, Kept.Live live) throws IOException {
        try {
            return Records.message(log.body(live));
        } catch (ProtocolError e) {
            if (options.salvage()) {
                return null;
            }
            throw damaged(live.bodyAt, log.kept().messages().size(), String.valueOf(e.getMessage()), e);
        }
    }

    private StoreFailed damaged(long at, int messagesBefore, String what, Exception cause) {
        return new StoreFailed(
                "The session store " + path + " is damaged at byte " + at + " (" + what + "), with " + messagesBefore
                        + " unfinished messages before that: restore it from a copy, open it with salvage() to keep what"
                        + " can be read, or move it away to begin with nothing.",
                cause);
    }
}
