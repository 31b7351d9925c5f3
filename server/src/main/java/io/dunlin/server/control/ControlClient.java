package io.dunlin.server.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
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
        if (!Files.exists(socket)) {
            return Optional.empty();
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
        ObjectNode request = JSON.createObjectNode().put("command", command);
        arguments.forEach((name, value) -> request.set(name, JSON.valueToTree(value)));
        JsonNode answer;
        try {
            send(JSON.writeValueAsString(request));
            answer = JSON.readTree(receive());
        } catch (IOException | JacksonException e) {
            throw new CommandFailed("the broker ended before it had answered: see its log");
        }
        if (!answer.path("ok").asBoolean(false)) {
            throw new CommandFailed(answer.path("error").asString("the broker gave no reason"));
        }
        return answer.path("result");
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
