package io.dunlin.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * MQTT in binary WebSocket messages (RFC 6455, MQTT 5 section 6). The bytes of all messages are one flow: a packet may span
 * messages and a message may hold several packets. What this side sends is masked; pings are answered from the reading thread.
 */
final class WebSocketStream implements ByteStream {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int HEAD_BYTES_MAX = 16_384;
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final byte[] CLOSE_NORMAL = {0x03, (byte) 0xE8};

    private final ByteStream under;
    private final ReentrantLock writeLock = new ReentrantLock();
    private final SecureRandom random;

    // for the reading thread
    private final byte[] buffer = new byte[16_384];
    private int position;
    private int limit;
    private long frameBytesLeft;
    private boolean ended;

    private WebSocketStream(ByteStream under, SecureRandom random) {
        this.under = under;
        this.random = random;
    }

    /**
     * Does the upgrade over a connected stream.
     *
     * @param hostHeader host and port as the request names them
     * @param headers added to the request
     */
    static WebSocketStream open(
            ByteStream under, String hostHeader, String path, String subProtocol, Map<String, String> headers)
            throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        StringBuilder request = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
        request.append("Host: ").append(hostHeader).append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        request.append("Sec-WebSocket-Key: ").append(key).append("\r\nSec-WebSocket-Version: 13\r\n");
        request.append("Sec-WebSocket-Protocol: ").append(subProtocol).append("\r\n"); // [MQTT-6.0.0-3]
        for (Map.Entry<String, String> header : headers.entrySet()) {
            request.append(header.getKey())
                    .append(": ")
                    .append(header.getValue())
                    .append("\r\n");
        }
        byte[] bytes = request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        under.write(bytes, 0, bytes.length);
        WebSocketStream stream = new WebSocketStream(under, random);
        stream.checkAnswer(accept(key), subProtocol);
        return stream;
    }

    private void checkAnswer(String accept, String subProtocol) throws IOException {
        String status = headLine();
        if (!status.startsWith("HTTP/1.1 101")) {
            throw new IOException("The server does not open a WebSocket here, it answers: " + status + ".");
        }
        boolean accepted = false;
        boolean spoken = false;
        for (String line = headLine(); !line.isEmpty(); line = headLine()) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).trim().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).trim();
            accepted |= name.equals("sec-websocket-accept") && value.equals(accept);
            spoken |= name.equals("sec-websocket-protocol") && value.equals(subProtocol);
        }
        if (!accepted) {
            throw new IOException("The server's WebSocket answer has a wrong Sec-WebSocket-Accept.");
        }
        if (!spoken) {
            throw new IOException("The server's WebSocket does not speak the sub-protocol " + subProtocol + ".");
        }
    }

    private static String accept(String key) throws IOException {
        try {
            byte[] text = (key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private String headLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = nextByte();
        while (next != '\n') {
            if (line.size() == HEAD_BYTES_MAX) {
                throw new IOException("The server's WebSocket answer is too long.");
            }
            if (next != '\r') {
                line.write(next);
            }
            next = nextByte();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!ended && frameBytesLeft == 0) {
            nextFrame();
        }
        if (ended) {
            return -1;
        }
        if (position == limit && !fill()) {
            return -1;
        }
        int count = (int) Math.min(Math.min(length, limit - position), frameBytesLeft);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        frameBytesLeft -= count;
        return count;
    }

    /** Reads a frame's head, and the whole frame where it is a control frame. */
    private void nextFrame() throws IOException {
        int first = nextByte();
        int second = nextByte();
        int opcode = first & 0x0F;
        if ((first & 0x70) != 0 || (second & 0x80) != 0) {
            throw new IOException(
                    "The server's WebSocket frame is masked or uses an extension that was not asked for.");
        }
        long length = second & 0x7F;
        if (length >= 126) {
            int lengthBytes = length == 126 ? 2 : 8;
            length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | nextByte();
            }
        }
        if (opcode == BINARY || opcode == CONTINUATION) {
            if (length < 0) {
                throw new IOException("The server's WebSocket frame has an impossible length.");
            }
            frameBytesLeft = length;
        } else if (opcode == TEXT || length > CONTROL_BYTES_MAX) {
            throw new IOException("The server's WebSocket frame is none that MQTT allows."); // [MQTT-6.0.0-1]
        } else {
            byte[] content = new byte[(int) length];
            for (int i = 0; i < content.length; i++) {
                content[i] = (byte) nextByte();
            }
            control(opcode, content);
        }
    }

    private void control(int opcode, byte[] content) throws IOException {
        if (opcode == PING) {
            writeFrame(PONG, content, 0, content.length);
        } else if (opcode == CLOSE) {
            ended = true;
            writeFrame(CLOSE, content, 0, Math.min(content.length, 2));
        } else if (opcode != PONG) {
            throw new IOException("The server's WebSocket frame has an unknown kind.");
        }
    }

    private int nextByte() throws IOException {
        if (position == limit && !fill()) {
            throw new EOFException("The server closed the connection.");
        }
        return buffer[position++] & 0xFF;
    }

    private boolean fill() throws IOException {
        int count = under.read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(count, 0);
        return count > 0;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        writeFrame(BINARY, from, offset, length);
    }

    private void writeFrame(int opcode, byte[] from, int offset, int length) throws IOException {
        int lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
        byte[] frame = new byte[2 + lengthBytes + 4 + length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (0x80 | (lengthBytes == 0 ? length : lengthBytes == 2 ? 126 : 127));
        for (int i = 0; i < lengthBytes; i++) {
            int shift = 8 * (lengthBytes - 1 - i);
            frame[2 + i] = (byte) (shift > 31 ? 0 : length >>> shift);
        }
        writeLock.lock();
        try {
            int mask = random.nextInt();
            int body = 2 + lengthBytes + 4;
            for (int i = 0; i < 4; i++) {
                frame[body - 4 + i] = (byte) (mask >>> 24 - 8 * i);
            }
            for (int i = 0; i < length; i++) {
                frame[body + i] = (byte) (from[offset + i] ^ mask >>> 24 - 8 * (i & 3));
            }
            under.write(frame, 0, frame.length);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public void finish() throws IOException {
        writeFrame(CLOSE, CLOSE_NORMAL, 0, CLOSE_NORMAL.length);
    }

    @Override
    public void close() throws IOException {
        under.close();
    }
}
