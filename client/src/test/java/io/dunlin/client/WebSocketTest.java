package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WebSocketTest {
    private final ServerSocket listener = listen();
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
    private String request = "";

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private MqttClient client() {
        return MqttClient.builder()
                .url("ws://localhost:" + listener.getLocalPort() + "/some/path?x=1")
                .webSocketHeader("X-Token", "abc")
                .noReconnect()
                .onMessage(received::add)
                .build();
    }

    private Socket upgrade(String protocol) throws Exception {
        Socket socket = listener.accept();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) socket.getInputStream().read());
        }
        request = head.toString();
        String key = request.lines()
                .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                .findFirst()
                .orElseThrow()
                .substring(19);
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        String answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nConnection: Upgrade\r\n"
                + "sec-websocket-accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n"
                + "Sec-WebSocket-Protocol: " + protocol + "\r\n\r\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** A client frame, unmasked: opcode first. */
    private static byte[] frame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        assertThat(second & 0x80).as("masked").isEqualTo(0x80);
        int length = second & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = (int) in.readLong();
        }
        byte[] mask = in.readNBytes(4);
        byte[] content = in.readNBytes(length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first & 0x0F);
        for (int i = 0; i < length; i++) {
            out.write(content[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }

    private static void send(Socket socket, int first, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (content.length < 126) {
            out.write(content.length);
        } else if (content.length < 65_536) {
            out.write(126);
            out.write(content.length >> 8);
            out.write(content.length);
        } else {
            out.write(127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) content.length >> shift));
            }
        }
        out.writeBytes(content);
        socket.getOutputStream().write(out.toByteArray());
    }

    private static byte[] connack() {
        return PacketEncoder.encode(new Connack(false, ReasonCode.SUCCESS, Properties.NONE), ProtocolVersion.V5);
    }

    private static byte[] publish(int size) {
        return PacketEncoder.encode(
                new Publish(false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, Properties.NONE, new byte[size]),
                ProtocolVersion.V5);
    }

    @Test
    void speaksMqttInMaskedBinaryFrames() throws Exception { // [MQTT-6.0.0-1] [MQTT-6.0.0-3]
        MqttClient client = client();
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        Socket socket = upgrade("mqtt");
        assertThat(request)
                .startsWith("GET /some/path?x=1 HTTP/1.1\r\n")
                .contains("Sec-WebSocket-Protocol: mqtt\r\n", "X-Token: abc\r\n", "Upgrade: websocket\r\n");
        byte[] connect = frame(socket);
        assertThat(connect[0]).isEqualTo((byte) 2);
        assertThat(connect[1]).isEqualTo((byte) 0x10);
        send(socket, 0x82, connack());
        connected.get(10, TimeUnit.SECONDS);

        client.publishAsync(Message.of("t", new byte[100_000]));

        int count = 0;
        while (count < 100_000) {
            byte[] part = frame(socket);
            assertThat(part[0]).isEqualTo((byte) 2);
            count += part.length - 1;
        }
        client.close();
        assertThat(frame(socket)).containsExactly(2, 0xE0, 0);
        assertThat(frame(socket)).containsExactly(8, 0x03, 0xE8);
    }

    @Test
    void packetsMaySpanFramesAndFramesHoldManyPackets() throws Exception { // [MQTT-6.0.0-2]
        MqttClient client = client();
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        Socket socket = upgrade("mqtt");
        frame(socket);
        byte[] connack = connack();
        send(socket, 0x02, Arrays.copyOf(connack, 1));
        send(socket, 0x00, new byte[0]);
        send(socket, 0x80, Arrays.copyOfRange(connack, 1, connack.length));
        connected.get(10, TimeUnit.SECONDS);
        ByteArrayOutputStream three = new ByteArrayOutputStream();
        three.writeBytes(publish(1));
        three.writeBytes(publish(70_000));
        byte[] last = publish(3);
        three.write(last, 0, 4);

        send(socket, 0x82, three.toByteArray());
        send(socket, 0x82, Arrays.copyOfRange(last, 4, last.length));

        for (int size : new int[] {1, 70_000, 3}) {
            Delivery delivery = received.poll(10, TimeUnit.SECONDS);
            assertThat(delivery).isNotNull();
            assertThat(delivery.payload()).hasSize(size);
        }
        client.close();
    }

    @Test
    void answersPingAndClose() throws Exception {
        MqttClient client = client();
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        Socket socket = upgrade("mqtt");
        frame(socket);
        send(socket, 0x89, new byte[] {1, 2, 3});
        assertThat(frame(socket)).containsExactly(10, 1, 2, 3);
        send(socket, 0x82, connack());
        connected.get(10, TimeUnit.SECONDS);

        send(socket, 0x88, new byte[] {0x03, (byte) 0xE9, 'x'});

        assertThat(frame(socket)).containsExactly(8, 0x03, 0xE9);
        org.awaitility.Awaitility.await().until(() -> client.state() == ConnectionState.DISCONNECTED);
    }

    @Test
    void textFramesEndTheConnection() throws Exception { // [MQTT-6.0.0-1]
        MqttClient client = client();
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        Socket socket = upgrade("mqtt");
        frame(socket);

        send(socket, 0x81, connack());

        assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
    }

    @Test
    void serverWithoutTheSubProtocolIsRefused() throws Exception {
        CompletableFuture<Connack> connected = Threads.supplyAsync(client()::connect);

        upgrade("chat");

        assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConnectFailed.class)
                .hasMessageContaining("sub-protocol");
    }

    @Test
    void answerThatIsNoUpgradeIsNamed() throws Exception {
        CompletableFuture<Connack> connected = Threads.supplyAsync(client()::connect);

        Socket socket = listener.accept();
        socket.getOutputStream().write("HTTP/1.1 404 Not Found\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS)).hasMessageContaining("404 Not Found");
    }
}
