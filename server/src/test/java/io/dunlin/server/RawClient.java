package io.dunlin.server;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An MQTT 5 client on one socket that sends and receives packet by packet. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.CLIENT, 1 << 20, new TopicCache(64));
    private ByteBuffer arrived = ByteBuffer.allocate(0);

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(PATIENCE_MILLIS);
        decoder.version(ProtocolVersion.V5);
    }

    void send(Packet packet) throws IOException {
        socket.getOutputStream().write(PacketEncoder.encode(packet, ProtocolVersion.V5));
        socket.getOutputStream().flush();
    }

    /** @throws EOFException where the broker has closed the connection */
    Packet receive() throws IOException {
        while (true) {
            Packet packet = decoder.decode(arrived);
            if (packet != null) {
                return packet;
            }
            byte[] more = new byte[65_536];
            int count = socket.getInputStream().read(more);
            if (count < 0) {
                throw new EOFException();
            }
            arrived = ByteBuffer.allocate(arrived.remaining() + count)
                    .put(arrived)
                    .put(more, 0, count)
                    .flip();
        }
    }

    Connack connect(String clientId) throws IOException {
        return connect(clientId, null, null);
    }

    Connack connect(String clientId, @Nullable String username, @Nullable String password) throws IOException {
        send(new Connect(
                ProtocolVersion.V5,
                clientId,
                true,
                60,
                Properties.NONE,
                null,
                username,
                password == null ? null : password.getBytes(StandardCharsets.UTF_8)));
        return (Connack) receive();
    }

    void subscribe(String filter) throws IOException {
        send(new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest(filter, QoS.AT_MOST_ONCE))));
        Packet answer = receive();
        if (!(answer instanceof Suback)) {
            throw new AssertionError("instead of SUBACK came " + answer);
        }
    }

    /** Payloads by topic, until all these topics have come. */
    Map<String, String> receiveUntil(List<String> topics) throws IOException {
        Map<String, String> messages = new TreeMap<>();
        while (!messages.keySet().containsAll(topics)) {
            if (receive() instanceof Publish publish) {
                messages.put(publish.topic().text(), new String(publish.payload(), StandardCharsets.UTF_8));
            }
        }
        return messages;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
