package io.dunlin.client.transport;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MQTT in binary WebSocket messages (RFC 6455, MQTT 5 section 6). The bytes of all messages are one flow: a packet may span
 * messages and a message may hold several packets. What this side sends is masked.
 */
final class WebSocketLayer extends Layer {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int HEAD_BYTES_MAX = 14;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final byte[] CLOSE_NORMAL = {0x03, (byte) 0xE8};
    private static final byte[] CLOSE_PROTOCOL_ERROR = {0x03, (byte) 0xEA};

    private final Endpoint endpoint;
    private final String subProtocol;
    private final Map<String, String> headers;

    private @Nullable HttpHead answer = new HttpHead();
    private String key = "";
    private final byte[] head = new byte[10];
    private int headCount;
    private long frameBytesLeft;
    private int controlOpcode;
    private @Nullable ByteBuffer control;
    private boolean inMessage;
    private byte @Nullable [] pongDue;

    /** @param headers added to the request */
    WebSocketLayer(
            EventLoop loop,
            Channel.Listener upper,
            Endpoint endpoint,
            String subProtocol,
            Map<String, String> headers) {
        super(loop, upper);
        this.endpoint = endpoint;
        this.subProtocol = subProtocol;
        this.headers = headers;
    }

    @Override
    boolean isReady() {
        return answer == null;
    }

    @Override
    void begin() {
        byte[] nonce = new byte[16];
        loop().scratch().random().nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
        StringBuilder request =
                new StringBuilder("GET ").append(endpoint.path()).append(" HTTP/1.1\r\n");
        request.append("Host: ").append(hostHeader()).append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        request.append("Sec-WebSocket-Key: ").append(key).append("\r\nSec-WebSocket-Version: 13\r\n");
        request.append("Sec-WebSocket-Protocol: ").append(subProtocol).append("\r\n"); // [MQTT-6.0.0-3]
        for (Map.Entry<String, String> header : headers.entrySet()) {
            request.append(header.getKey())
                    .append(": ")
                    .append(header.getValue())
                    .append("\r\n");
        }
        down(ByteBuffer.wrap(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String hostHeader() {
        String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        return endpoint.port() == endpoint.transport().defaultPort() ? host : host + ":" + endpoint.port();
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        HttpHead waiting = answer;
        try {
            if (waiting != null) {
                if (!waiting.take(bytes)) {
                    return;
                }
                check(waiting);
                answer = null;
                upper().onOpen(this);
            }
            while (bytes.hasRemaining() && !isOver()) {
                frames(bytes);
            }
        } catch (IOException e) {
            if (answer == null) {
                send(CLOSE, CLOSE_PROTOCOL_ERROR);
            }
            fail(e);
        }
        bytes.position(bytes.limit());
    }

    private void check(HttpHead complete) throws IOException {
        if (complete.code() != 101) {
            throw new IOException("The server does not open a WebSocket here, it answers: " + complete.status() + ".");
        }
        if (!accept(key).equals(complete.header("sec-websocket-accept"))) {
            throw new IOException("The server's WebSocket answer has a wrong Sec-WebSocket-Accept.");
        }
        if (!subProtocol.equals(complete.header("sec-websocket-protocol"))) {
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

    private void frames(ByteBuffer bytes) throws IOException {
        ByteBuffer content = control;
        if (content != null) {
            while (content.hasRemaining() && bytes.hasRemaining()) {
                content.put(bytes.get());
            }
            finishControl(content);
        } else if (frameBytesLeft > 0) {
            int limit = bytes.limit();
            int count = (int) Math.min(frameBytesLeft, bytes.remaining());
            int end = bytes.position() + count;
            frameBytesLeft -= count;
            upper().onBytes(bytes.limit(end));
            bytes.limit(limit).position(end);
        } else {
            head[headCount++] = bytes.get();
            if (headCount >= 2 && headCount == headBytes()) {
                headCount = 0;
                startFrame();
            }
        }
    }

    private int headBytes() {
        int length = head[1] & 0x7F;
        return length < 126 ? 2 : length == 126 ? 4 : 10;
    }

    private void startFrame() throws IOException {
        int opcode = head[0] & 0x0F;
        boolean isLast = head[0] < 0;
        if ((head[0] & 0x70) != 0 || head[1] < 0) {
            throw new IOException(
                    "The server's WebSocket frame is masked or uses an extension that was not asked for.");
        }
        long length = head[1] & 0x7F;
        if (length >= 126) {
            int end = headBytes();
            length = 0;
            for (int i = 2; i < end; i++) {
                length = length << 8 | head[i] & 0xFF;
            }
        }
        if (opcode == BINARY || opcode == CONTINUATION) {
            if (length < 0) {
                throw new IOException("The server's WebSocket frame has an impossible length.");
            }
            if (inMessage != (opcode == CONTINUATION)) {
                throw new IOException("The server's WebSocket frames are out of order.");
            }
            inMessage = !isLast;
            frameBytesLeft = length;
        } else if (opcode == TEXT || length > CONTROL_BYTES_MAX || !isLast) {
            throw new IOException("The server's WebSocket frame is none that MQTT allows."); // [MQTT-6.0.0-1]
        } else {
            controlOpcode = opcode;
            ByteBuffer content = ByteBuffer.allocate((int) length);
            control = content;
            finishControl(content);
        }
    }

    private void finishControl(ByteBuffer content) throws IOException {
        if (content.hasRemaining()) {
            return;
        }
        control = null;
        byte[] bytes = new byte[content.capacity()];
        content.flip().get(bytes);
        if (controlOpcode == PING) {
            if (isBlocked()) { // only the latest is answered once there is room
                pongDue = bytes;
            } else {
                send(PONG, bytes);
            }
        } else if (controlOpcode == CLOSE) {
            send(CLOSE, bytes.length < 2 ? bytes : new byte[] {bytes[0], bytes[1]});
            fail(new EOFException("the server closed the connection" + reason(bytes)));
        } else if (controlOpcode != PONG) {
            throw new IOException("The server's WebSocket frame has an unknown kind.");
        }
    }

    private static String reason(byte[] close) {
        if (close.length < 2) {
            return "";
        }
        String words = new String(close, 2, close.length - 2, StandardCharsets.UTF_8);
        int code = (close[0] & 0xFF) << 8 | close[1] & 0xFF;
        return " (WebSocket code " + code + (words.isEmpty() ? "" : ": " + words) + ")";
    }

    @Override
    void drained() {
        byte[] pong = pongDue;
        if (pong != null) {
            pongDue = null;
            send(PONG, pong);
        }
    }

    private void send(int opcode, byte[] content) {
        ByteBuffer frame = start(opcode, content.length);
        int body = frame.position();
        down(masked(frame.put(content), body));
    }

    /** The head of a frame, its mask last. */
    private ByteBuffer start(int opcode, int length) {
        ByteBuffer frame = loop().scratch().framed().put((byte) (0x80 | opcode));
        if (length < 126) {
            frame.put((byte) (0x80 | length));
        } else if (length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(length);
        }
        return frame.putInt(loop().scratch().mask());
    }

    /** Masks what stands behind the head, eight bytes at a time. */
    private static ByteBuffer masked(ByteBuffer frame, int body) {
        int mask = frame.getInt(body - 4);
        long twice = (long) mask << 32 | mask & 0xFFFF_FFFFL;
        int end = frame.position();
        int at = body;
        for (; at + 8 <= end; at += 8) {
            frame.putLong(at, frame.getLong(at) ^ twice);
        }
        for (; at < end; at++) {
            frame.put(at, (byte) (frame.get(at) ^ mask >>> 24 - 8 * (at - body & 3)));
        }
        return frame.flip();
    }

    @Override
    public void write(ByteBuffer[] buffers, int from, int count) {
        if (!takes()) {
            return;
        }
        int end = from + count;
        int at = from;
        while (true) {
            long left = 0;
            for (int i = at; i < end; i++) {
                left += buffers[i].remaining();
            }
            if (left == 0) {
                return;
            }
            if (isBlocked()) {
                roomWished();
                return;
            }
            int room = loop().scratch().framed().capacity() - HEAD_BYTES_MAX;
            ByteBuffer frame = start(BINARY, (int) Math.min(left, room));
            int body = frame.position();
            int wished = body + (int) Math.min(left, room);
            while (frame.position() < wished) {
                ByteBuffer bytes = buffers[at];
                int part = Math.min(bytes.remaining(), wished - frame.position());
                int limit = bytes.limit();
                frame.put(bytes.limit(bytes.position() + part));
                bytes.limit(limit);
                if (!bytes.hasRemaining()) {
                    at++;
                }
            }
            down(masked(frame, body));
        }
    }

    @Override
    void write(ByteBuffer bytes) {
        write(new ByteBuffer[] {bytes}, 0, 1);
    }

    @Override
    void farewell() {
        if (answer == null) {
            send(CLOSE, CLOSE_NORMAL);
        }
    }
}
