package io.dunlin.server.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trace as a pcapng file, as Wireshark reads it: the packets in the clear, in TCP segments that are made up, from the client's address to
 * port 1883. A connection whose CONNECT is not in the trace gets one that is made up too, by which the dissector knows the version of
 * MQTT.
 */
final class Pcapng {
    // blocks and options
    private static final int SECTION = 0x0A0D0D0A;
    private static final int INTERFACE = 1;
    private static final int PACKET = 6;
    private static final int RAW_IP = 101;
    private static final int COMMENT = 1;
    private static final int COMMENT_CHARACTERS_MAX = 1_000;
    private static final int RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;

    // segments
    private static final int SEGMENT_BYTES_MAX = 60_000;
    private static final int PORT = 1883;
    private static final int TCP = 6;
    private static final int TCP_BYTES = 20;
    private static final int IP4_BYTES = 20;
    private static final int IP6_BYTES = 40;
    private static final int SYN = 0x02;
    private static final int DATA = 0x18; // PSH and ACK
    private static final int END = 0x11; // FIN and ACK
    private static final byte[] NO_BYTES = {};

    private static final byte[] BROKER4 = {(byte) 192, 0, 2, 1}; // addresses for documents
    private static final byte[] BROKER6 = {0x20, 0x01, 0x0D, (byte) 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final int UNKNOWN_CLIENT = 0xC612_0000; // 198.18.0.0/15, for tests

    private final OutputStream out;
    private final Map<Long, Flow> flows = new HashMap<>();
    private final Set<List<Object>> ends = new HashSet<>();

    private Pcapng(OutputStream out) {
        this.out = out;
    }

    /** The state of one connection: the numbers of the next bytes. */
    private static final class Flow {
        final byte[] client;
        final byte[] broker;
        final int port;
        int fromClient = 1;
        int fromBroker = 1;

        Flow(Tapped who) {
            int unknown = UNKNOWN_CLIENT + (int) (who.number() % 0x1_FFFF);
            byte[] address = ByteBuffer.allocate(4).putInt(unknown).array();
            int itsPort = 0;
            if (who.info().peer() instanceof InetSocketAddress inet) {
                itsPort = inet.getPort();
                if (inet.getAddress() != null) {
                    address = inet.getAddress().getAddress();
                }
            }
            client = address;
            broker = address.length == BROKER4.length ? BROKER4 : BROKER6;
            port = itsPort > 0 ? itsPort : 1024 + (int) (who.number() % 60_000);
        }

        List<Object> end() {
            return List.of(ByteBuffer.wrap(client), port);
        }
    }

    /** Writes them one by one. */
    static void write(List<TracedPacket> packets, OutputStream out) throws IOException {
        Pcapng file = new Pcapng(out);
        file.head();
        for (TracedPacket packet : packets) {
            file.add(packet);
        }
    }

    private void head() throws IOException {
        ByteBuffer section = body(16);
        section.putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1);
        block(SECTION, section);
        ByteBuffer its = body(20);
        its.putShort((short) RAW_IP).putShort((short) 0).putInt(0);
        its.putShort((short) RESOLUTION)
                .putShort((short) 1)
                .put(NANOSECONDS)
                .put(new byte[3])
                .putInt(0);
        block(INTERFACE, its);
    }

    private void add(TracedPacket packet) throws IOException {
        Tapped who = packet.who();
        Flow flow = flows.get(who.number());
        if (flow == null) {
            flow = new Flow(who);
            flows.put(who.number(), flow);
            begin(flow, packet);
        }
        if (packet.kind() == TracedPacket.Kind.CLOSED) {
            segment(flow, packet.wallNanos(), true, END, NO_BYTES, "the connection has ended");
            return;
        }
        String comment = packet.problem().map(TracedPacket.Problem::text).orElse("");
        byte[] bytes = packet.bytes();
        int from = 0;
        do {
            int to = Math.min(bytes.length, from + SEGMENT_BYTES_MAX);
            byte[] part = Arrays.copyOfRange(bytes, from, to);
            segment(flow, packet.wallNanos(), packet.in(), DATA, part, from == 0 ? comment : "");
            from = to;
        } while (from < bytes.length);
    }

    private void begin(Flow flow, TracedPacket first) throws IOException {
        if (!ends.add(flow.end())) { // the client's port had another connection before
            flow.fromClient = 0;
            segment(flow, first.wallNanos(), true, SYN, NO_BYTES, "");
            flow.fromClient = 1;
        }
        if (first.kind() != TracedPacket.Kind.PACKET || first.type().equals("CONNECT")) {
            return;
        }
        Tapped who = first.who();
        Connect made = new Connect(who.version(), who.clientId(), true, 0, Properties.NONE, null, who.username(), null);
        segment(
                flow,
                first.wallNanos(),
                true,
                DATA,
                PacketEncoder.encode(made, who.version()),
                "made up by Dunlin: this connection's CONNECT is not in the trace");
    }

    private void segment(Flow flow, long wallNanos, boolean in, int flags, byte[] data, String comment)
            throws IOException {
        byte[] source = in ? flow.client : flow.broker;
        byte[] target = in ? flow.broker : flow.client;
        boolean four = source.length == BROKER4.length;
        int length = (four ? IP4_BYTES : IP6_BYTES) + TCP_BYTES + data.length;
        byte[] text = comment.substring(0, Math.min(comment.length(), COMMENT_CHARACTERS_MAX))
                .getBytes(UTF_8);
        int options = text.length == 0 ? 0 : 4 + padded(text.length) + 4;
        ByteBuffer block = body(20 + padded(length) + options);
        block.putInt(0).putInt((int) (wallNanos >>> 32)).putInt((int) wallNanos);
        block.putInt(length).putInt(length);
        int start = block.position();
        ByteBuffer ip = block.slice(start, length).order(ByteOrder.BIG_ENDIAN);
        if (four) {
            ip4(ip, source, target);
        } else {
            ip6(ip, source, target);
        }
        tcp(ip.slice().order(ByteOrder.BIG_ENDIAN), flow, in, flags, data, sum(source) + sum(target));
        block.position(start + padded(length));
        if (text.length > 0) {
            block.putShort((short) COMMENT).putShort((short) text.length).put(text);
            block.position(block.position() + padded(text.length) - text.length).putInt(0);
        }
        block(PACKET, block);
    }

    private static void ip4(ByteBuffer ip, byte[] source, byte[] target) {
        ip.putShort((short) 0x4500).putShort((short) ip.capacity()).putInt(0x0000_4000);
        ip.put((byte) 64).put((byte) TCP).putShort((short) 0).put(source).put(target);
        ip.putShort(10, checksum(ip, IP4_BYTES, 0));
    }

    private static void ip6(ByteBuffer ip, byte[] source, byte[] target) {
        ip.putInt(0x6000_0000).putShort((short) (ip.capacity() - IP6_BYTES));
        ip.put((byte) TCP).put((byte) 64).put(source).put(target);
    }

    private static void tcp(ByteBuffer tcp, Flow flow, boolean in, int flags, byte[] data, long addresses) {
        tcp.putShort((short) (in ? flow.port : PORT)).putShort((short) (in ? PORT : flow.port));
        tcp.putInt(in ? flow.fromClient : flow.fromBroker).putInt(in ? flow.fromBroker : flow.fromClient);
        tcp.putShort((short) (0x5000 | flags))
                .putShort((short) 0xFFFF)
                .putInt(0)
                .put(data);
        tcp.putShort(16, checksum(tcp, tcp.capacity(), addresses + TCP + tcp.capacity()));
        if (in) {
            flow.fromClient += data.length;
        } else {
            flow.fromBroker += data.length;
        }
    }

    private static long sum(byte[] address) {
        ByteBuffer words = ByteBuffer.wrap(address);
        long sum = 0;
        while (words.hasRemaining()) {
            sum += words.getShort() & 0xFFFF;
        }
        return sum;
    }

    private static short checksum(ByteBuffer bytes, int length, long begun) {
        long sum = begun;
        for (int i = 0; i < length; i += 2) {
            int high = (bytes.get(i) & 0xFF) << 8;
            sum += high | (i + 1 < length ? bytes.get(i + 1) & 0xFF : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    // ---- blocks

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    private static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void block(int type, ByteBuffer body) throws IOException {
        int length = 12 + body.capacity();
        byte[] block = new byte[length];
        ByteBuffer.wrap(block)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(length)
                .put(body.clear())
                .putInt(length);
        out.write(block);
    }
}
