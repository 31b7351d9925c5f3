package io.dunlin.server.backup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Writes the parts of a backup one after the other as an archive that {@code tar} reads. Needs as much memory as one read, whatever
 * the size. Thread: one.
 */
final class ArchiveWriter {
    private static final int COPY_BYTES = 64 << 10;

    private final DigestOutputStream out;
    private final long seconds;
    private final StringBuilder sums = new StringBuilder();
    private long bytes;

    /** @param seconds the time that all parts bear, since 1970 */
    ArchiveWriter(OutputStream out, long seconds) {
        this.out = new DigestOutputStream(out, sha256());
        this.seconds = seconds;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A line of the list of checksums, as {@code sha256sum -c} reads it. */
    static String line(MessageDigest digest, String name) {
        return hex(digest) + "  " + name + "\n";
    }

    void add(String name, byte[] content) throws IOException {
        add(name, content.length, new ByteArrayInputStream(content));
    }

    /** @throws IOException also where there is less to read than was said */
    void add(String name, long length, InputStream content) throws IOException {
        TarHeader header = new TarHeader(name, length, seconds);
        write(header.encoded(), TarHeader.BLOCK_BYTES);
        MessageDigest digest = sha256();
        byte[] piece = new byte[COPY_BYTES];
        for (long left = length; left > 0; ) {
            int read = content.read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                throw new IOException(name + " has become shorter while it was copied");
            }
            digest.update(piece, 0, read);
            write(piece, read);
            left -= read;
        }
        write(new byte[TarHeader.BLOCK_BYTES], header.padding());
        sums.append(line(digest, name));
    }

    /** Writes the checksums and the end. */
    void end() throws IOException {
        byte[] list = sums.toString().getBytes(StandardCharsets.US_ASCII);
        add(PartNames.SUMS, list);
        MessageDigest digest = sha256();
        digest.update(list);
        add(PartNames.SUM_OF_SUMS, line(digest, PartNames.SUMS).getBytes(StandardCharsets.US_ASCII));
        write(new byte[2 * TarHeader.BLOCK_BYTES], 2 * TarHeader.BLOCK_BYTES);
        out.flush();
    }

    private void write(byte[] from, int length) throws IOException {
        out.write(from, 0, length);
        bytes += length;
    }

    /** How many were written. */
    long bytes() {
        return bytes;
    }

    /** The checksum of all of it; once, after the end. */
    String sum() {
        return hex(out.getMessageDigest());
    }
}
