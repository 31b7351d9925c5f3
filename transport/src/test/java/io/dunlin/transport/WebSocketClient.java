package io.dunlin.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The client's side of a WebSocket, byte by byte: it can send what a proper client would not. */
final class WebSocketClient {
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    /** What RFC 6455 gives for that key. */
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    record Frame(int opcode, byte[] payload) {}

    private final Socket socket;
    private final DataInputStream in;
    private ByteBuffer unread = ByteBuffer.allocate(0);
    int mask = 0x37fa213d;

    private WebSocketClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static String request(String path, String... headers) {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request + "\r\n";
    }

    static String upgrade() {
        return request(
                "/mqtt",
                "Upgrade: websocket",
                "Connection: keep-alive, Upgrade",
                "Sec-WebSocket-Key: " + KEY,
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Protocol: other, mqtt");
    }

    /** Shakes hands and expects success. */
    static WebSocketClient open(Socket socket) throws IOException {
        socket.getOutputStream().write(upgrade().getBytes(StandardCharsets.US_ASCII));
        WebSocketClient client = new WebSocketClient(socket);
        String response = client.responseHead();
        if (!response.startsWith("HTTP/1.1 101 ") || !response.contains(ACCEPT)) {
            throw new AssertionError(response);
        }
        return client;
    }

    /** Shakes hands and sends this payload with the request, without waiting. */
    static WebSocketClient ahead(Socket socket, byte[] payload) throws IOException {
        WebSocketClient client = new WebSocketClient(socket);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(upgrade().getBytes(StandardCharsets.US_ASCII));
        both.write(client.frame(0x82, payload));
        client.send(both.toByteArray());
        client.responseHead();
        return client;
    }

    static String exchange(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    String responseHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    byte[] frame(int firstByte, byte[] payload) {
        int length = payload.length;
        ByteBuffer frame = ByteBuffer.allocate(14 + length).put((byte) firstByte);
        if (length < 126) {
            frame.put((byte) (0x80 | length));
        } else if (length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(length);
        }
        frame.putInt(mask);
        for (int i = 0; i < length; i++) {
            frame.put((byte) (payload[i] ^ mask >>> 24 - 8 * (i % 4)));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Frame receive() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((first & 0xf0) != 0x80 || (second & 0x80) != 0) {
            throw new AssertionError("a server's frame begins with " + first + " " + second);
        }
        long length = second < 126 ? second : second == 126 ? in.readUnsignedShort() : in.readLong();
        return new Frame(first & 0x0f, in.readNBytes((int) length));
    }

    boolean ended() throws IOException {
        return in.read() < 0;
    }

    /** What is written becomes binary frames. */
    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int single) throws IOException {
                write(new byte[] {(byte) single}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                byte[] payload = new byte[length];
                System.arraycopy(bytes, offset, payload, 0, length);
                send(frame(0x82, payload));
            }
        };
    }

    /** The payload of binary frames; a close frame is the end. */
    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                while (length > 0 && !unread.hasRemaining()) {
                    Frame frame;
                    try {
                        frame = receive();
                    } catch (EOFException e) {
                        return -1;
                    }
                    if (frame.opcode() == WebSocketFrames.CLOSE) {
                        return -1;
                    }
                    unread = ByteBuffer.wrap(frame.payload());
                }
                int taken = Math.min(length, unread.remaining());
                unread.get(bytes, offset, taken);
                return taken;
            }
        };
    }
}
