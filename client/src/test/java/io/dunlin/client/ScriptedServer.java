package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A server that does exactly what a test says, packet by packet, over a real socket. */
final class ScriptedServer implements AutoCloseable {
    private static final int WAIT_MILLIS = 10_000;

    private final ServerSocket listener;

    static ScriptedServer open() {
        try {
            return new ScriptedServer(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScriptedServer(ServerSocket listener) throws IOException {
        this.listener = listener;
        listener.setSoTimeout(WAIT_MILLIS);
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "mqtt://localhost:" + port();
    }

    Peer accept() throws IOException {
        Socket socket = listener.accept();
        socket.setSoTimeout(WAIT_MILLIS);
        return new Peer(socket);
    }

    /** Takes a connection, its CONNECT, and answers with success. */
    Peer acceptMqtt() throws IOException {
        return acceptMqtt(false, Properties.NONE);
    }

    Peer acceptMqtt(boolean sessionPresent, Properties properties) throws IOException {
        Peer peer = accept();
        peer.expect(Connect.class);
        peer.send(new Connack(sessionPresent, ReasonCode.SUCCESS, properties));
        return peer;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** The server's end of one connection. */
    static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.SERVER, 1 << 20, new TopicCache(16));
        private ByteBuffer buffer = ByteBuffer.allocate(1 << 20).flip();

        Peer(Socket socket) {
            this.socket = socket;
        }

        Packet receive() throws IOException {
            while (true) {
                Packet packet = decoder.decode(buffer);
                if (packet != null) {
                    return packet;
                }
                buffer.compact();
                int count = socket.getInputStream().read(buffer.array(), buffer.position(), buffer.remaining());
                if (count < 0) {
                    throw new EOFException("the client closed the connection");
                }
                buffer.position(buffer.position() + count);
                buffer.flip();
            }
        }

        <P extends Packet> P expect(Class<P> kind) throws IOException {
            Packet packet = receive();
            assertThat(packet).isInstanceOf(kind);
            return kind.cast(packet);
        }

        void expectEnd() throws IOException {
            int next = socket.getInputStream().read();
            assertThat(next).isEqualTo(-1);
        }

        /** Whether the client sent something that was not received yet; waits a little for it. */
        boolean isSilent(int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                if (buffer.hasRemaining()) {
                    return false;
                }
                buffer.compact();
                int count = socket.getInputStream().read(buffer.array(), buffer.position(), 1);
                buffer.position(buffer.position() + Math.max(count, 0));
                buffer.flip();
                return count < 0;
            } catch (java.net.SocketTimeoutException e) {
                buffer.flip();
                return true;
            } finally {
                socket.setSoTimeout(WAIT_MILLIS);
            }
        }

        void send(Packet packet) throws IOException {
            ProtocolVersion version = decoder.versionKnown() ? decoder.version() : ProtocolVersion.V5;
            send(PacketEncoder.encode(packet, version));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        Socket socket() {
            return socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
