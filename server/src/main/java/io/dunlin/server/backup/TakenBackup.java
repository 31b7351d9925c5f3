package io.dunlin.server.backup;

import io.dunlin.console.port.Download;
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
    private final Path folder;
    private final Contents about;
    private final String configuration;
    private final Runnable ended;

    /** @param ended runs when it is closed */
    TakenBackup(StoreCut cut, Path folder, Contents about, String configuration, Runnable ended) {
        this.cut = cut;
        this.folder = folder;
        this.about = about;
        this.configuration = configuration;
        this.ended = ended;
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
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        ArchiveWriter archive = new ArchiveWriter(out, about.taken().getEpochSecond());
        archive.add(PartNames.ABOUT, about.json());
        List<StoreCut.Part> parts = cut.parts();
        for (int i = 0; i < parts.size(); i++) {
            StoreCut.Part part = parts.get(i);
            try (InputStream content = cut.open(i)) {
                archive.add(PartNames.of(part.name()), part.bytes(), content);
            }
        }
        for (String name : PartNames.BESIDE) {
            addFile(archive, name);
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

    /** These files are replaced as a whole when they change: one that is open stays what it was. */
    private void addFile(ArchiveWriter archive, String name) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.READ)) {
            archive.add(PartNames.of(name), file.size(), Channels.newInputStream(file));
        } catch (NoSuchFileException e) { // there are none yet
            LOG.debug("the backup has no {}", name);
        }
    }

    @Override
    public void close() {
        try {
            cut.close();
        } catch (IOException e) {
            LOG.warn("a file of the store that was copied could not be closed: {}", e.toString());
        } finally {
            ended.run();
        }
    }
}
