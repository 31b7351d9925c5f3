package io.dunlin.conformance;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.testkit.ConnectSpec;
import io.dunlin.testkit.PacketReader;
import io.dunlin.testkit.PacketWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One connection of a crowd: blocking, quiet, and not surprised to be thrown out. Thread: one. */
final class StormPeer implements AutoCloseable {
    private final Socket socket;
    private final PacketReader reader = new PacketReader(ProtocolVersion.V5);
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).limit(0);
    private boolean ended;

    StormPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
    }

    /** The CONNACK, or null where somebody else with this client id was faster. */
    @Nullable
    Connack connect(ConnectSpec spec) throws IOException {
        send(spec.keepAlive(0).build());
        while (!ended) {
            Packet packet = receive(30_000);
            if (packet instanceof Connack connack) {
                return connack;
            }
        }
        return null;
    }

    void send(Packet packet) {
        try {
            socket.getOutputStream().write(PacketWriter.write(packet, ProtocolVersion.V5));
        } catch (IOException e) {
            ended = ended || socket.isClosed(); // thrown out: what came before can still be read
        }
    }

    /** The next packet, or null where none came in this time or the connection has ended. */
    @Nullable
    Packet receive(int patienceMillis) throws IOException {
        PacketReader.Frame frame = reader.read(buffer);
        while (frame == null && !ended) {
            buffer.compact();
            socket.setSoTimeout(Math.max(1, patienceMillis));
            int count;
            try {
                count = socket.getInputStream().read(buffer.array(), buffer.position(), buffer.remaining());
            } catch (SocketTimeoutException e) {
                buffer.flip();
                return null;
            } catch (IOException e) {
                count = -1; // a reset
            }
            ended = count < 0;
            buffer.position(buffer.position() + Math.max(0, count)).flip();
            frame = reader.read(buffer);
        }
        return frame == null ? null : frame.packet();
    }

    boolean isEnded() {
        return ended;
    }

    /** Without a farewell. */
    void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
