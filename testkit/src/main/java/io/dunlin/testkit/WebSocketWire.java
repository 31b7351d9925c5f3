package io.dunlin.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * MQTT in WebSocket frames (MQTT 5, section 6) on a connected socket, plain or TLS. It speaks the wire format itself, so that
 * tests can send text frames, fragments and frames that split packets.
 */
public final class WebSocketWire extends SocketWire {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private final Socket socket;
    private final String subprotocol;
    private int frameBytesMax = Integer.MAX_VALUE;

    private WebSocketWire(Socket socket, String subprotocol) {
        super(socket);
        this.socket = socket;
        this.subprotocol = subprotocol;
    }

    /** Shakes hands; fails with the server's status line where it does not switch protocols. */
    public static WebSocketWire open(Socket socket, String path, String offered) {
        try {
            String head =
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: " + Base64.getEncoder().encodeToString(Bytes.utf8("0123456789abcdef"))
                            + "\r\nSec-WebSocket-Version: 13\r\n"
                            + (offered.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + offered + "\r\n") + "\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            String status = line(socket.getInputStream());
            if (!status.contains(" 101 ")) {
                throw new AssertionError("the server did not switch to WebSocket: " + status);
            }
            String selected = "";
            for (String line = line(socket.getInputStream()); !line.isEmpty(); line = line(socket.getInputStream())) {
                if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-protocol:")) {
                    selected = line.substring(line.indexOf(':') + 1).trim();
                }
            }
            WebSocketWire wire = new WebSocketWire(socket, selected);
            wire.start();
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed during the handshake");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** What the server selected, "" for nothing. */
    public String subprotocol() {
        return subprotocol;
    }

    /** From now on a frame holds at most this many bytes: packets are split over frames. */
    public void frameBytesMax(int bytes) {
        frameBytesMax = bytes;
    }

    /** One frame of any kind. */
    public void frame(int opcode, boolean last, byte[] payload) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(encode(opcode, last, payload));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] encode(int opcode, boolean last, byte[] payload) {
        Bytes frame = new Bytes().u8((last ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            frame.u8(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            frame.u8(0x80 | 126).u16(payload.length);
        } else {
            frame.u8(0x80 | 127).u32(0).u32(payload.length);
        }
        byte[] mask = {0x11, 0x22, 0x33, 0x44};
        byte[] masked = new byte[payload.length];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (payload[i] ^ mask[i & 3]);
        }
        return frame.raw(mask).raw(masked).toArray();
    }

    @Override
    protected void write(OutputStream to, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; ) {
            int end = (int) Math.min((long) at + frameBytesMax, bytes.length);
            to.write(encode(BINARY, true, Arrays.copyOfRange(bytes, at, end)));
            at = end;
        }
    }

    @Override
    protected byte[] read(InputStream from) throws IOException {
        while (true) {
            byte[] payload = frameOrNull(from);
            if (payload != null) {
                return payload;
            }
        }
    }

    private byte @Nullable [] frameOrNull(InputStream from) throws IOException {
        int first = need(from);
        long length = need(from) & 0x7F;
        if (length == 126) {
            length = (long) need(from) << 8 | need(from);
        } else if (length == 127) {
            length = 0;
            for (int i = 0; i < 8; i++) {
                length = length << 8 | need(from);
            }
        }
        byte[] payload = from.readNBytes((int) length);
        int opcode = first & 15;
        if (opcode == CLOSE) {
            throw new EOFException("close frame");
        }
        if (opcode == TEXT) {
            throw new AssertionError("the server sent a text frame");
        }
        return opcode == BINARY || opcode == CONTINUATION ? payload : null;
    }

    private static int need(InputStream from) throws IOException {
        int value = from.read();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }
}
