package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stage alone, over memory, on the test's thread. */
@Timeout(60)
class WebSocketLayerTest {
    private static final EventLoop LOOP = new EventLoop("test");

    private final Probe probe = new Probe();
    private final WebSocketLayer layer =
            new WebSocketLayer(LOOP, probe, Endpoint.parse("ws://localhost:8080/mqtt"), "mqtt", Map.of());
    private final MemoryPipe pipe = new MemoryPipe(LOOP, layer);

    private byte[] answer() throws Exception {
        layer.onOpen(pipe);
        String key = pipe.out
                .toString(StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                .findFirst()
                .orElseThrow()
                .substring(19);
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        pipe.out.reset();
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(hash) + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void feed(byte[] bytes) {
        layer.onBytes(ByteBuffer.wrap(bytes));
    }

    private static byte[] frame(int first, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (content.length < 126) {
            out.write(content.length);
        } else {
            out.write(126);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** All binary content that the client sent, unmasked. */
    private static byte[] unmasked(byte[] frames) {
        ByteBuffer in = ByteBuffer.wrap(frames);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            assertThat(in.get()).isEqualTo((byte) 0x82);
            int length = in.get() & 0xFF;
            assertThat(length).as("masked").isGreaterThanOrEqualTo(0x80);
            length -= 0x80;
            length = length == 126 ? in.getShort() & 0xFFFF : length == 127 ? (int) in.getLong() : length;
            byte[] mask = new byte[4];
            in.get(mask);
            for (int i = 0; i < length; i++) {
                out.write(in.get() ^ mask[i % 4]);
            }
        }
        return out.toByteArray();
    }

    @Test
    void takesItsBytesSplitAtEveryPosition() throws Exception { // [MQTT-6.0.0-2]
        byte[] long300 = new byte[300];
        Arrays.fill(long300, (byte) 7);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(frame(0x02, new byte[] {1, 2}));
        all.writeBytes(frame(0x89, new byte[] {9}));
        all.writeBytes(frame(0x00, new byte[0]));
        all.writeBytes(frame(0x80, new byte[] {3}));
        all.writeBytes(frame(0x82, long300));
        byte[] frames = all.toByteArray();
        for (int split = 1; split < 300; split++) {
            WebSocketLayerTest fresh = new WebSocketLayerTest();
            byte[] answer = fresh.answer();
            byte[] whole = Arrays.copyOf(answer, answer.length + frames.length);
            System.arraycopy(frames, 0, whole, answer.length, frames.length);

            fresh.feed(Arrays.copyOf(whole, split));
            fresh.feed(Arrays.copyOfRange(whole, split, whole.length));

            assertThat(fresh.probe.received(303))
                    .as("split at %s", split)
                    .startsWith(1, 2, 3, 7)
                    .hasSize(303);
            assertThat(fresh.pipe.out.size()).as("one pong").isEqualTo(7);
        }
    }

    @Test
    void takesItsBytesOneByOne() throws Exception {
        for (byte b : answer()) {
            feed(new byte[] {b});
        }
        for (byte b : frame(0x82, new byte[200])) {
            feed(new byte[] {b});
        }
        assertThat(probe.received(200)).hasSize(200);
    }

    @RepeatedTest(20)
    void sendsEveryByteWhateverRoomThereIs() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        feed(answer());
        ByteBuffer[] buffers = new ByteBuffer[1 + random.nextInt(5)];
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < buffers.length; i++) {
            byte[] content = new byte[random.nextInt(i == 0 ? 100_000 : 300)];
            random.nextBytes(content);
            expected.writeBytes(content);
            buffers[i] = ByteBuffer.wrap(content);
        }
        pipe.room = random.nextInt(1000);
        layer.write(buffers, 0, buffers.length);
        for (int i = 0; i < 1_000_000 && Arrays.stream(buffers).anyMatch(ByteBuffer::hasRemaining); i++) {
            pipe.makeRoom(random.nextInt(20_000));
            layer.write(buffers, 0, buffers.length);
        }
        pipe.makeRoom(Integer.MAX_VALUE);

        assertThat(unmasked(pipe.out.toByteArray())).as("seed %s", seed).isEqualTo(expected.toByteArray());
    }

    @Test
    void answersOnlyTheLastPingOfThoseThatCameWhileNothingLeft() throws Exception {
        feed(answer());
        pipe.room = 3;
        layer.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[10])}, 0, 1);
        feed(frame(0x89, new byte[] {1}));
        feed(frame(0x89, new byte[] {2}));

        pipe.makeRoom(1000);

        byte[] out = pipe.out.toByteArray();
        assertThat(out).hasSize(16 + 7);
        assertThat(out[16]).isEqualTo((byte) 0x8A);
        assertThat((byte) (out[22] ^ out[18])).isEqualTo((byte) 2);
    }

    @Test
    void closesInTurn() throws Exception {
        feed(answer());

        feed(frame(0x88, new byte[] {0x03, (byte) 0xE9, 'b', 'y', 'e'}));
        pipe.end(null);

        assertThat(pipe.finished).isTrue();
        assertThat(probe.closed()).isEqualTo("the server closed the connection (WebSocket code 1001: bye)");
    }

    @Test
    void finishSaysGoodbyeAfterWhatWaits() throws Exception {
        feed(answer());
        pipe.room = 4;
        layer.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[10])}, 0, 1);

        LOOP.execute(layer::finish);
        LOOP.execute(() -> pipe.makeRoom(1000));
        LOOP.execute(() -> pipe.end(null));

        assertThat(probe.closed()).isEqualTo("null");
        assertThat(pipe.finished).isTrue();
        assertThat(pipe.out.size()).isEqualTo(16 + 8);
        assertThat(pipe.out.toByteArray()[16]).isEqualTo((byte) 0x88);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8101",
                "8182",
                "C200",
                "8280",
                "8000",
                "0200 8200",
                "0900",
                "897E00FF",
                "8300",
                "8B00",
                "827F8000000000000000"
            })
    void refusesWhatIsAgainstTheRules(String hex) throws Exception { // [MQTT-6.0.0-1]
        feed(answer());

        feed(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));
        pipe.end(null);

        assertThat(probe.closed()).startsWith("The server's WebSocket frame");
        assertThat(pipe.finished).isTrue();
    }
}
