package io.dunlin.server.trace;

import static io.dunlin.server.trace.TraceSamples.everything;
import static io.dunlin.server.trace.TraceSamples.piece;
import static io.dunlin.server.trace.TraceSamples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Wiretap.Tapped;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files for Wireshark: whole blocks, checksums that are right, and segments that follow each other. */
class PcapngTest {
    private static final int PACKET = 6;
    private static final long WALL_NANOS = 1_700_000_000_123_456_789L;

    /** @param ip from the beginning of the IP header */
    private record Segment(long wallNanos, byte[] ip, int tcpFrom, String comment) {
        ByteBuffer tcp() {
            return ByteBuffer.wrap(ip, tcpFrom, ip.length - tcpFrom).slice();
        }

        int sequence() {
            return tcp().getInt(4);
        }

        int dataBytes() {
            return ip.length - tcpFrom - 20;
        }
    }

    private static List<Segment> segments(byte[] file) {
        List<Segment> segments = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int start = in.position();
            int type = in.getInt();
            int length = in.getInt();
            assertThat(length % 4).isZero();
            assertThat(in.getInt(start + length - 4)).isEqualTo(length);
            if (type == PACKET) {
                in.getInt();
                long wall = (long) in.getInt() << 32 | in.getInt() & 0xFFFF_FFFFL;
                int captured = in.getInt();
                assertThat(in.getInt()).isEqualTo(captured);
                byte[] ip = new byte[captured];
                in.get(ip);
                int options = start + 28 + (captured + 3 & ~3);
                String comment = options == start + length - 4
                        ? ""
                        : new String(file, options + 4, in.getShort(options + 2), StandardCharsets.UTF_8);
                segments.add(new Segment(wall, ip, ip[0] >> 4 == 4 ? 20 : 40, comment));
            }
            in.position(start + length);
        }
        return segments;
    }

    private static int sum(ByteBuffer bytes) {
        int sum = 0;
        while (bytes.hasRemaining()) {
            sum += (bytes.get() & 0xFF) << 8;
            sum += bytes.hasRemaining() ? bytes.get() & 0xFF : 0;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    private static void assertChecksums(Segment segment) {
        int tcpBytes = segment.ip.length - segment.tcpFrom;
        boolean four = segment.tcpFrom == 20;
        if (four) {
            assertThat(sum(ByteBuffer.wrap(segment.ip, 0, 20))).isEqualTo(0xFFFF);
            assertThat(ByteBuffer.wrap(segment.ip).getShort(2) & 0xFFFF).isEqualTo(segment.ip.length);
        } else {
            assertThat(ByteBuffer.wrap(segment.ip).getShort(4) & 0xFFFF).isEqualTo(tcpBytes);
        }
        int addresses = four ? 8 : 32;
        ByteBuffer pseudo = ByteBuffer.allocate(addresses + 4 + tcpBytes);
        pseudo.put(segment.ip, segment.tcpFrom - addresses, addresses);
        pseudo.putShort((short) 6).putShort((short) tcpBytes).put(segment.ip, segment.tcpFrom, tcpBytes);
        assertThat(sum(pseudo.flip())).isEqualTo(0xFFFF);
    }

    private static List<Segment> written(Transcriber transcriber, TraceRun.Piece... pieces) {
        List<TracedPacket> packets = new ArrayList<>();
        for (TraceRun.Piece piece : pieces) {
            packets.addAll(transcriber.packets(piece, WALL_NANOS));
        }
        List<Segment> segments = segments(TraceSamples.file(TraceFile.pcapng("t", packets)));
        segments.forEach(PcapngTest::assertChecksums);
        return segments;
    }

    @Test
    void segmentsOfAConnectionFollowEachOther() {
        Tapped who = TraceSamples.connection(1, "10.0.0.7", 4711);
        List<Segment> segments = written(
                new Transcriber(everything()),
                piece(who, true, publish("a/b", 0, "x".repeat(130_001)), publish("a/b", 0, "odd")),
                piece(who, false, publish("a/b", 0, "back")));
        assertThat(segments).hasSize(6).allMatch(each -> each.wallNanos == WALL_NANOS);
        assertThat(segments.getFirst().comment).startsWith("made up by Dunlin");
        int next = 1;
        for (Segment each : segments.subList(0, 5)) {
            assertThat(each.sequence()).isEqualTo(next);
            assertThat(each.tcp().getShort(0)).isEqualTo((short) 4711);
            next += each.dataBytes();
        }
        Segment back = segments.getLast();
        assertThat(back.sequence()).isEqualTo(1);
        assertThat(back.tcp().getInt(8)).isEqualTo(next);
        assertThat(HexFormat.of().formatHex(back.ip, 12, 20)).isEqualTo("c0000201" + "0a000007");
    }

    @Test
    void aPortThatIsUsedAgainBeginsAnew() {
        Transcriber transcriber = new Transcriber(everything());
        List<Segment> segments = written(
                transcriber,
                piece(TraceSamples.connection(1, "2001:db8::7", 4711), true, publish("a", 0, "1")),
                piece(TraceSamples.connection(2, "2001:db8::7", 4711), true, publish("a", 0, "2")));
        assertThat(segments).hasSize(5).allMatch(each -> each.tcpFrom == 40);
        assertThat(segments.get(2).tcp().getShort(12)).isEqualTo((short) 0x5002); // SYN
        assertThat(segments.get(2).sequence()).isZero();
        assertThat(segments.get(3).sequence()).isEqualTo(1);
    }
}
