package io.dunlin.server.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a backup and believes nothing of it until its last byte: each header has to be as it was written, each part has to have its
 * checksum, and no name leads out of the data folder. Thread: one.
 */
final class ArchiveReader {
    private static final int ABOUT_BYTES_MAX = 64 << 10;
    private static final int SUMS_BYTES_MAX = 64 << 20;
    private static final int COPY_BYTES = 64 << 10;
    private static final String COPY_AGAIN = "; take another copy of it, or an older backup";

    private final InputStream in;
    private final Target target;
    private final List<String> sums = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private long at;
    private long seconds;
    private String last = "";

    private ArchiveReader(InputStream in, Target target) {
        this.in = in;
        this.target = target;
    }

    /** Where the files go. */
    @FunctionalInterface
    interface Target {
        /** Of the files of the data folder only. @param file such as {@code security/users.json} */
        OutputStream open(String file) throws IOException;
    }

    /** Takes them and forgets them. */
    static final Target NOWHERE = file -> OutputStream.nullOutputStream();

    /**
     * Reads a whole backup.
     *
     * @throws BackupRefused where it is none, or damaged, or of a newer format; what the target has by then is worth nothing
     */
    static Contents read(InputStream in, Target target) throws IOException {
        return new ArchiveReader(in, target).read();
    }

    private Contents read() throws IOException {
        Contents contents = Contents.read(about());
        TarHeader header = next();
        while (!header.name().equals(PartNames.SUMS)) {
            if (!PartNames.isKnown(header.name()) || !names.add(header.name())) {
                throw new BackupRefused("the backup has a part " + printable(header.name())
                        + " that does not belong into one: nothing of it was restored");
            }
            if (PartNames.isData(header.name())) {
                try (OutputStream out = target.open(PartNames.file(header.name()))) {
                    copy(header, out);
                }
            } else {
                copy(header, OutputStream.nullOutputStream());
            }
            header = next();
        }
        List<String> known = List.copyOf(sums);
        byte[] list = small(header, SUMS_BYTES_MAX);
        TarHeader end = next();
        if (!end.name().equals(PartNames.SUM_OF_SUMS)) {
            throw misplaced(at - TarHeader.BLOCK_BYTES);
        }
        byte[] sum = small(end, ABOUT_BYTES_MAX);
        end();
        compare(known, list, sum);
        requireStore();
        return contents;
    }

    private byte[] about() throws IOException {
        byte[] block = new byte[TarHeader.BLOCK_BYTES];
        int read = in.readNBytes(block, 0, block.length);
        at += read;
        Optional<TarHeader> header = read < block.length ? Optional.empty() : TarHeader.read(block);
        if (header.isEmpty() || !header.get().name().equals(PartNames.ABOUT)) {
            throw new BackupRefused(
                    "this is no backup of Dunlin, or its beginning is damaged: name a file that dunlin backup has"
                            + " made");
        }
        seconds = header.get().seconds();
        return small(header.get(), ABOUT_BYTES_MAX);
    }

    private TarHeader next() throws IOException {
        long from = at;
        byte[] block = block("the next part");
        if (Arrays.equals(block, new byte[block.length])) {
            throw new BackupRefused(
                    "the backup is damaged: it ends after " + last + ", before its checksums" + COPY_AGAIN);
        }
        TarHeader header = TarHeader.read(block).orElseThrow(() -> misplaced(from));
        if (header.seconds() != seconds) {
            throw misplaced(from);
        }
        return header;
    }

    private BackupRefused misplaced(long from) {
        return new BackupRefused("the backup is damaged: at byte " + from + ", after " + last
                + ", no part begins as it should" + COPY_AGAIN);
    }

    private byte[] small(TarHeader header, int bytesMax) throws IOException {
        if (header.bytes() > bytesMax) {
            throw new BackupRefused(
                    "the backup is damaged: its part " + header.name() + " is larger than it can be" + COPY_AGAIN);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        copy(header, bytes);
        return bytes.toByteArray();
    }

    private void copy(TarHeader header, OutputStream out) throws IOException {
        last = header.name();
        MessageDigest digest = ArchiveWriter.sha256();
        byte[] piece = new byte[(int) Math.min(COPY_BYTES, header.bytes())];
        for (long left = header.bytes(); left > 0; ) {
            int read = in.read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                throw truncated(
                        header.name() + " (" + (header.bytes() - left) + " of " + header.bytes() + " bytes are there)");
            }
            digest.update(piece, 0, read);
            out.write(piece, 0, read);
            at += read;
            left -= read;
        }
        byte[] padding = in.readNBytes(header.padding());
        at += padding.length;
        if (padding.length < header.padding()) {
            throw truncated("the end of " + header.name());
        }
        if (!Arrays.equals(padding, new byte[padding.length])) {
            throw new BackupRefused("the backup is damaged behind its part " + header.name() + COPY_AGAIN);
        }
        sums.add(ArchiveWriter.line(digest, header.name()));
    }

    private byte[] block(String what) throws IOException {
        byte[] block = in.readNBytes(TarHeader.BLOCK_BYTES);
        at += block.length;
        if (block.length < TarHeader.BLOCK_BYTES) {
            throw truncated(what);
        }
        return block;
    }

    private BackupRefused truncated(String within) {
        return new BackupRefused(
                "the backup ends too early, at byte " + at + " within " + within + ", after " + last + COPY_AGAIN);
    }

    private void end() throws IOException {
        for (int i = 0; i < 2; i++) {
            if (!Arrays.equals(block("its end"), new byte[TarHeader.BLOCK_BYTES])) {
                throw misplaced(at - TarHeader.BLOCK_BYTES);
            }
        }
        if (in.read() >= 0) {
            throw new BackupRefused("the backup is damaged: something stands behind its end" + COPY_AGAIN);
        }
    }

    /** What was read against what was written. */
    private static void compare(List<String> known, byte[] list, byte[] sum) throws BackupRefused {
        MessageDigest digest = ArchiveWriter.sha256();
        digest.update(list);
        String expected = ArchiveWriter.line(digest, PartNames.SUMS);
        if (!expected.equals(new String(sum, StandardCharsets.US_ASCII))) {
            throw new BackupRefused("the backup is damaged: its list of checksums " + PartNames.SUMS
                    + " is not what was written" + COPY_AGAIN);
        }
        String written = new String(list, StandardCharsets.US_ASCII);
        if (written.equals(String.join("", known))) {
            return;
        }
        Set<String> lines = new HashSet<>(written.lines().toList());
        for (String line : known) {
            if (!lines.contains(line.strip())) {
                throw new BackupRefused("the backup is damaged: its part "
                        + line.substring(line.indexOf("  ") + 2).strip() + " is not what was written" + COPY_AGAIN);
            }
        }
        throw new BackupRefused("the backup is damaged: parts are missing, or not in their order" + COPY_AGAIN);
    }

    private void requireStore() throws BackupRefused {
        long states =
                names.stream().filter(name -> name.startsWith("data/state-")).count();
        if (!names.contains(PartNames.of(PartNames.IDENTITY)) || states != 1) {
            throw new BackupRefused("the backup has no whole store in it: nothing of it was restored");
        }
    }

    private static String printable(String name) {
        return name.replaceAll("[^A-Za-z0-9._/-]", "?");
    }
}
