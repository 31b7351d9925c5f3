package io.dunlin.server.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Publish;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The packets of a trace in the forms in which they leave the broker. */
public final class TraceRows {
    /** So many bytes of each packet are shown in a list. */
    public static final int SHOWN_BYTES = 4 << 10;

    private TraceRows() {}

    /**
     * For JSON: who, when, what, the fields by name, the bytes in hex.
     *
     * @param bytesMax of the packet's bytes and its payload; what is longer is cut
     */
    public static Map<String, Object> row(TracedPacket packet, int bytesMax) {
        Optional<Packet> decoded = packet.packet();
        String username = packet.who().username();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("number", packet.number());
        row.put("at", Instant.ofEpochSecond(0, packet.wallNanos()).toString());
        row.put("clientid", packet.who().clientId());
        row.put("username", username == null ? "" : username);
        row.put("ip_address", Selection.address(packet.who()));
        row.put("listener", packet.who().info().listener());
        row.put("connection", packet.who().number());
        row.put("direction", packet.in() ? "in" : "out");
        row.put("packet", packet.type());
        row.put("topic", packet.topic());
        row.put("length", packet.bytes().length);
        row.put("summary", PacketText.summary(packet, decoded));
        row.put("fields", decoded.map(it -> PacketFields.of(it, bytesMax)).orElse(Map.of()));
        if (decoded.orElse(null) instanceof Publish publish) {
            row.put("payload_size", publish.payload().length); // the last of the packet's bytes
        }
        row.put("hex", PacketFields.hex(packet.bytes(), bytesMax));
        packet.problem().ifPresent(it -> {
            row.put("error", it.reason() + ": " + it.message());
            row.put("clause", it.clause().orElse(""));
        });
        return row;
    }

    /** Writes them one by one, each on a line. */
    public static void json(List<TracedPacket> packets, OutputStream out) throws IOException {
        JsonMapper mapper = JsonMapper.shared();
        String before = "[\n";
        for (TracedPacket each : packets) {
            out.write(before.getBytes(UTF_8));
            out.write(mapper.writeValueAsBytes(row(each, Integer.MAX_VALUE)));
            before = ",\n";
        }
        out.write((packets.isEmpty() ? "[]\n" : "\n]\n").getBytes(UTF_8));
    }

    /** Writes them one by one, for Wireshark. */
    public static void pcapng(List<TracedPacket> packets, OutputStream out) throws IOException {
        Pcapng.write(packets, out);
    }
}
