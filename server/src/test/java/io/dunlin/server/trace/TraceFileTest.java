package io.dunlin.server.trace;

import static io.dunlin.server.trace.TraceSamples.everything;
import static io.dunlin.server.trace.TraceSamples.piece;
import static io.dunlin.server.trace.TraceSamples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Wiretap.Tapped;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A trace as a file leaves piece by piece, however large it is. */
class TraceFileTest {
    private static final int PACKETS = 400;
    private static final int PAYLOAD = 10_000;

    private final Tapped who = TraceSamples.connection(1, "10.0.0.7", 4711);

    private List<TracedPacket> packets() {
        Transcriber transcriber = new Transcriber(everything());
        List<TracedPacket> packets = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            packets.addAll(transcriber.packets(piece(who, true, publish("a/" + i, 0, "x".repeat(PAYLOAD))), i));
        }
        return packets;
    }

    private static TraceFile file(String form, List<TracedPacket> packets) {
        return form.equals("json") ? TraceFile.json("t", packets) : TraceFile.pcapng("t", packets);
    }

    /** Ends a transfer early, or only looks at how it comes. */
    private static final class Reader extends OutputStream {
        private final long bytesMax;
        private long bytes;
        private int largest;

        Reader(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[1], 0, 1);
        }

        @Override
        public void write(byte[] from, int at, int length) throws IOException {
            if (bytes + length > bytesMax) {
                throw new IOException("gone");
            }
            bytes += length;
            largest = Math.max(largest, length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "pcapng"})
    void itComesInPieces(String form) throws IOException {
        Reader reader = new Reader(Long.MAX_VALUE);
        assertThat(file(form, packets()).write(reader)).containsEntry("packets", PACKETS);
        assertThat(reader.bytes).isGreaterThan((long) PACKETS * PAYLOAD);
        assertThat(reader.largest).isLessThan(200_000);
    }

    /** The packets are asked for one after the other: what nobody takes any more is not made. */
    @ParameterizedTest
    @ValueSource(strings = {"json", "pcapng"})
    void whoGoesEarlyEndsIt(String form) {
        int fit = 30;
        List<TracedPacket> all = new ArrayList<>(packets().subList(0, fit));
        all.addAll(Collections.nCopies(PACKETS, all.getFirst()));
        Reader reader = new Reader(100_000);
        assertThatThrownBy(() -> file(form, all).write(reader)).hasMessage("gone");
        assertThat(reader.bytes).isLessThanOrEqualTo(100_000);
    }

    @Test
    void asJsonEachPacketStandsOnALineOfItsOwn() {
        byte[] json = TraceSamples.file(TraceFile.json("t", packets()));
        JsonNode all = JsonMapper.shared().readTree(json);
        assertThat(all).hasSize(PACKETS);
        assertThat(all.get(7).path("topic").asString()).isEqualTo("a/7");
        assertThat(new String(json, StandardCharsets.UTF_8).lines()).hasSize(PACKETS + 2);
        assertThat(new String(TraceSamples.file(TraceFile.json("t", List.of())), StandardCharsets.UTF_8))
                .isEqualTo("[]\n");
    }
}
