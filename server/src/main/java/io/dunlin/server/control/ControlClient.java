package io.dunlin.server.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The other end of the control socket, for the command line. One request at a time. */
public final class ControlClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ANSWER_BYTES_MAX = 1 << 30;
    private static final int BUFFER_BYTES = 65_536;

    private final SocketChannel channel;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final LineBuffer input = new LineBuffer(ANSWER_BYTES_MAX);
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects to the broker of a socket; empty where none runs there.
     *
     * @throws CommandFailed where there is one that this user may not reach
     */
    public static Optional<ControlClient> connect(Path socket) {
        if (Files.notExists(socket)) {
            return Optional.empty();
        }
        if (!Files.exists(socket)) { // nobody can tell
            throw new CommandFailed("this user may not look into "
                    + socket.toAbsolutePath().getParent() + ": run the command as the user of the broker");
        }
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return Optional.of(new ControlClient(channel));
            } catch (IOException e) {
                channel.close();
                if (!Files.isWritable(socket)) {
                    throw new CommandFailed("this user may not use the control socket " + socket
                            + ": run the command as the user of the broker");
                }
                return Optional.empty(); // left over from a broker that was killed
            }
        } catch (IOException e) {
            throw new CommandFailed("the control socket " + socket + " cannot be used: " + e.getMessage());
        }
    }

    /**
     * Has a command done.
     *
     * @param arguments texts, numbers, truth values and lists of texts
     * @throws CommandFailed with the broker's sentence
     */
    public JsonNode call(String command, Map<String, ?> arguments) {
        JsonNode answer;
        try {
            send(request(command, arguments));
            answer = JSON.readTree(receive());
        } catch (IOException | JacksonException e) {
            throw ended();
        }
        requireOk(answer);
        return answer.path("result");
    }

    /**
     * Has a command done whose result is a file: the last request of this connection.
     *
     * @param arguments as those of {@link #call}
     * @return what the broker says of the file once it is whole
     * @throws CommandFailed with the broker's sentence, or where it has ended meanwhile; what was written is worth nothing then
     * @throws IOException where it cannot be written
     */
    public JsonNode download(String command, Map<String, ?> arguments, OutputStream to) throws IOException {
        DataInputStream in =
                new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
        JsonNode head;
        try {
            send(request(command, arguments));
            head = line(in);
        } catch (IOException e) {
            throw ended();
        }
        requireOk(head);
        byte[] piece = new byte[BUFFER_BYTES];
        for (int left = length(in); left > 0; left = length(in)) {
            while (left > 0) {
                int read = read(in, piece, left);
                to.write(piece, 0, read);
                left -= read;
            }
        }
        try {
            JsonNode end = line(in);
            requireOk(end);
            return end.path("result");
        } catch (IOException e) {
            throw ended();
        }
    }

    private static String request(String command, Map<String, ?> arguments) {
        ObjectNode request = JSON.createObjectNode().put("command", command);
        arguments.forEach((name, value) -> request.set(name, JSON.valueToTree(value)));
        return JSON.writeValueAsString(request);
    }

    private static int length(DataInputStream in) {
        try {
            return in.readInt();
        } catch (IOException e) {
            throw ended();
        }
    }

    private static int read(InputStream in, byte[] piece, int most) {
        try {
            int read = in.read(piece, 0, Math.min(piece.length, most));
            if (read > 0) {
                return read;
            }
        } catch (IOException e) { // as where nothing came
            throw ended();
        }
        throw ended();
    }

    private static JsonNode line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int one = in.read(); one != '\n'; one = in.read()) {
            if (one < 0) {
                throw new IOException("the connection has ended");
            }
            line.write(one);
        }
        try {
            return JSON.readTree(line.toByteArray());
        } catch (JacksonException e) {
            throw new IOException("the answer is no JSON", e);
        }
    }

    private static void requireOk(JsonNode answer) {
        if (!answer.path("ok").asBoolean(false)) {
            throw new CommandFailed(answer.path("error").asString("the broker gave no reason"));
        }
    }

    private static CommandFailed ended() {
        return new CommandFailed("the broker ended before it had answered: see its log");
    }

    private void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private String receive() throws IOException {
        while (lines.isEmpty()) {
            if (channel.read(buffer.clear()) < 0) {
                throw new IOException("the connection has ended");
            }
            input.take(buffer.flip(), lines);
        }
        return lines.remove();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CommandFailed("the connection to the broker could not be closed: " + e.getMessage());
        }
    }
}
