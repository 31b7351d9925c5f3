package io.dunlin.server.trace;

import io.dunlin.console.port.Download;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * The packets of a trace as a file, made packet by packet while it is sent: beside the trace it needs the memory of one packet. Thread:
 * one.
 *
 * @param packets do not change any more
 */
public record TraceFile(String name, String type, List<TracedPacket> packets, Form form) implements Download {
    private static final int BUFFER_BYTES = 64 << 10;

    /** How packets are written. */
    @FunctionalInterface
    public interface Form {
        void write(List<TracedPacket> packets, OutputStream out) throws IOException;
    }

    /** One that other programs read. */
    public static TraceFile json(String trace, List<TracedPacket> packets) {
        return new TraceFile(trace + ".json", "application/json", packets, TraceRows::json);
    }

    /** One for Wireshark. */
    public static TraceFile pcapng(String trace, List<TracedPacket> packets) {
        return new TraceFile(trace + ".pcapng", "application/x-pcapng", packets, TraceRows::pcapng);
    }

    @Override
    public Map<String, Object> write(OutputStream to) throws IOException {
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        form.write(packets, out);
        out.flush();
        return Map.of("name", name, "packets", packets.size());
    }

    @Override
    public void close() {} // the trace keeps its packets itself
}
