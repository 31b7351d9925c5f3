package io.dunlin.console.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of values at fixed distances in time, a fixed number of them: a new one takes the place of the eldest. In memory, and in a file of
 * fixed size where there is one. Not synced: what a power cut takes are points of a chart. Thread: one at a time.
 */
final class Archive implements AutoCloseable {
    private static final int MAGIC = 0x444E4C48; // DNLH
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 4_096;

    private final int stepSeconds;
    private final List<String> names;
    private final long[] times; // in seconds, 0 for none
    private final double[][] rows;
    private final @Nullable FileChannel file;

    // the row that is being filled
    private long openTime;
    private int openCount;

    private Archive(int stepSeconds, int slots, List<String> names, @Nullable FileChannel file) {
        this.stepSeconds = stepSeconds;
        this.names = List.copyOf(names);
        this.times = new long[slots];
        this.rows = new double[slots][names.size()];
        this.file = file;
        for (double[] row : rows) {
            Arrays.fill(row, Double.NaN);
        }
    }

    /** With what the file has of the same step, slots and names; a file of another kind is written anew. */
    static Archive open(Optional<Path> path, int stepSeconds, int slots, List<String> names) throws IOException {
        if (path.isEmpty()) {
            return new Archive(stepSeconds, slots, names, null);
        }
        byte[] old = Files.isRegularFile(path.get()) ? Files.readAllBytes(path.get()) : new byte[0];
        FileChannel channel = FileChannel.open(path.get(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Archive archive = new Archive(stepSeconds, slots, names, channel);
        try {
            archive.take(old);
            archive.writeAll();
            return archive;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int stepSeconds() {
        return stepSeconds;
    }

    long spanSeconds() {
        return (long) stepSeconds * times.length;
    }

    private void take(byte[] old) {
        if (old.length < HEADER_BYTES) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(old);
        if (bytes.getInt() != MAGIC
                || bytes.getInt() != VERSION
                || bytes.getInt() != stepSeconds
                || bytes.getInt() != times.length) {
            return;
        }
        int length = bytes.getInt();
        if (length < 0 || length > HEADER_BYTES - bytes.position()) {
            return;
        }
        List<String> theirs = List.of(new String(old, bytes.position(), length, StandardCharsets.UTF_8).split("\n"));
        if (old.length != HEADER_BYTES + times.length * rowBytes(theirs.size())) {
            return;
        }
        bytes.position(HEADER_BYTES);
        for (int slot = 0; slot < times.length; slot++) {
            long time = bytes.getLong();
            boolean fits = time > 0 && time % stepSeconds == 0 && slot(time) == slot;
            times[slot] = fits ? time : 0;
            for (String name : theirs) {
                double value = bytes.getDouble();
                int column = names.indexOf(name);
                if (fits && column >= 0) {
                    rows[slot][column] = value;
                }
            }
        }
    }

    private int rowBytes(int columns) {
        return Long.BYTES + columns * Double.BYTES;
    }

    private int slot(long time) {
        return (int) (time / stepSeconds % times.length);
    }

    private void writeAll() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + times.length * rowBytes(names.size()));
        byte[] text = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
        bytes.putInt(MAGIC)
                .putInt(VERSION)
                .putInt(stepSeconds)
                .putInt(times.length)
                .putInt(text.length);
        if (bytes.position() + text.length > HEADER_BYTES) {
            throw new IOException("too many series for the header");
        }
        bytes.put(text);
        for (int slot = 0; slot < times.length; slot++) {
            bytes.position(HEADER_BYTES + slot * rowBytes(names.size()));
            putRow(bytes, slot);
        }
        write(bytes.rewind(), 0);
        FileChannel open = file;
        if (open != null) {
            open.truncate(bytes.capacity());
        }
    }

    private void putRow(ByteBuffer bytes, int slot) {
        bytes.putLong(times[slot]);
        for (double value : rows[slot]) {
            bytes.putDouble(value);
        }
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        FileChannel open = file;
        long position = at;
        while (open != null && bytes.hasRemaining()) {
            position += open.write(bytes, position);
        }
    }

    /** Puts values into the row of this time, where each value is the mean of all that came in its step. */
    void add(long seconds, double[] values) throws IOException {
        long time = seconds - seconds % stepSeconds;
        int slot = slot(time);
        if (time != openTime) {
            openTime = time;
            openCount = times[slot] == time ? 1 : 0; // after a restart: one more beside what is there
            if (openCount == 0) {
                times[slot] = time;
                Arrays.fill(rows[slot], Double.NaN);
            }
        }
        double[] row = rows[slot];
        for (int i = 0; i < row.length; i++) {
            double before = Double.isNaN(row[i]) ? values[i] : row[i];
            row[i] = Double.isNaN(values[i]) ? row[i] : (before * openCount + values[i]) / (openCount + 1);
        }
        openCount++;
        ByteBuffer bytes = ByteBuffer.allocate(rowBytes(names.size()));
        putRow(bytes, slot);
        write(bytes.flip(), HEADER_BYTES + (long) slot * rowBytes(names.size()));
    }

    /** A value at a time. */
    record Point(long seconds, double value) {}

    /** The values of one series within a time, the eldest first; means over {@code step} seconds. */
    List<Point> points(String name, long from, long to, int step) {
        int column = names.indexOf(name);
        List<Point> points = new ArrayList<>();
        if (column < 0) {
            return points;
        }
        double sum = 0;
        int count = 0;
        long bucket = Long.MIN_VALUE;
        for (long time = from - Math.floorMod(from, stepSeconds); time <= to; time += stepSeconds) {
            int slot = slot(Math.max(0, time));
            if (time < from || times[slot] != time || Double.isNaN(rows[slot][column])) {
                continue;
            }
            long of = time - time % step;
            if (of != bucket && count > 0) {
                points.add(new Point(bucket, sum / count));
                sum = 0;
                count = 0;
            }
            bucket = of;
            sum += rows[slot][column];
            count++;
        }
        if (count > 0) {
            points.add(new Point(bucket, sum / count));
        }
        return points;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = file;
        if (open != null) {
            open.close();
        }
    }
}
