package io.dunlin.server.backup;

import io.dunlin.console.port.Download;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.storage.StoreCut;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backup at the moment that it is of: what is still to be written of it is held, and the broker goes on. Thread: one. */
final class TakenBackup implements Download {
    private static final Logger LOG = LoggerFactory.getLogger(TakenBackup.class);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final StoreCut cut;
    private final Map<String, FileChannel> beside = new LinkedHashMap<>();
    private final Contents about;
    private final String configuration;
    private final OneAtATime.Turn turn;

    private TakenBackup(StoreCut cut, Contents about, String configuration, OneAtATime.Turn turn) {
        this.cut = cut;
        this.about = about;
        this.configuration = configuration;
        this.turn = turn;
    }

    /**
     * Holds all of it.
     *
     * @param cut closed with the turn, or where this fails
     * @param folder of the data: what is beside the store, such as users and bans, is opened now
     * @throws CommandFailed where a file cannot be opened
     */
    static TakenBackup of(StoreCut cut, Path folder, Contents about, String configuration, OneAtATime.Turn turn) {
        TakenBackup taken = new TakenBackup(cut, about, configuration, turn);
        try {
            for (String name : PartNames.BESIDE) {
                taken.hold(folder, name);
            }
        } catch (IOException e) {
            taken.release();
            throw new CommandFailed(
                    "the backup could not be taken, since a file of the data folder cannot be read: " + e.getMessage());
        }
        turn.holds(taken::release);
        return taken;
    }

    /** These files are replaced as a whole when they change: one that is open stays what it was. */
    private void hold(Path folder, String name) throws IOException {
        try {
            beside.put(name, FileChannel.open(folder.resolve(name), StandardOpenOption.READ));
        } catch (NoSuchFileException e) { // there are none yet
            LOG.debug("the backup has no {}", name);
        }
    }

    private void release() {
        try {
            cut.close();
        } catch (IOException e) {
            LOG.warn("a file of the store that was copied could not be closed: {}", e.toString());
        }
        for (Map.Entry<String, FileChannel> file : beside.entrySet()) {
            try {
                file.getValue().close();
            } catch (IOException e) {
                LOG.warn("{}, which was copied, could not be closed: {}", file.getKey(), e.toString());
            }
        }
    }

    @Override
    public String name() {
        return "dunlin-" + about.node().replaceAll("[^A-Za-z0-9._-]", "_") + "-" + STAMP.format(about.taken()) + ".tar";
    }

    @Override
    public String type() {
        return "application/x-tar";
    }

    @Override
    public Map<String, Object> write(OutputStream to) throws IOException {
        OutputStream out = new BufferedOutputStream(turn.watched(to), BUFFER_BYTES);
        ArchiveWriter archive = new ArchiveWriter(out, about.taken().getEpochSecond());
        archive.add(PartNames.ABOUT, about.json());
        List<StoreCut.Part> parts = cut.parts();
        for (int i = 0; i < parts.size(); i++) {
            StoreCut.Part part = parts.get(i);
            try (InputStream content = cut.open(i)) {
                archive.add(PartNames.of(part.name()), part.bytes(), content);
            }
        }
        for (Map.Entry<String, FileChannel> file : beside.entrySet()) {
            FileChannel content = file.getValue();
            archive.add(PartNames.of(file.getKey()), content.size(), Channels.newInputStream(content));
        }
        archive.add(PartNames.CONFIGURATION, configuration.getBytes(StandardCharsets.UTF_8));
        archive.end();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name());
        all.put("bytes", archive.bytes());
        all.put("sha256", archive.sum());
        all.put("sessions", about.counts().sessions());
        all.put("subscriptions", about.counts().subscriptions());
        all.put("retained", about.counts().retained());
        all.put("queued", about.counts().queued());
        all.put("users", about.counts().users());
        return all;
    }

    @Override
    public void close() {
        turn.close();
    }
}
