package io.dunlin.server.control;

import io.dunlin.console.port.Download;
import io.dunlin.security.audit.Actor;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commands of the control socket by name: takes a line of JSON, has it done, and makes a line of the outcome. A request is
 * {@code {"command": "clients.kick", "client": "a"}}, an answer {@code {"ok": true, "result": ...}} or
 * {@code {"ok": false, "code": "BAD_REQUEST", "error": "a sentence"}}. Thread: any.
 */
public final class ControlCommands implements ControlSocket.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(ControlCommands.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Function<Request, Object>> commands = new ConcurrentSkipListMap<>();
    private final Map<String, Function<Request, Download>> downloads = new ConcurrentSkipListMap<>();
    private final Map<String, BiFunction<Request, InputStream, Object>> uploads = new ConcurrentSkipListMap<>();

    public ControlCommands() {
        add("help", request -> names());
    }

    /** @param run its result is written as JSON: a record, a list, a map, a text */
    public ControlCommands add(String name, Function<Request, Object> run) {
        commands.put(name, run);
        return this;
    }

    /** One whose result is a file. @param run the caller closes what it gives */
    public ControlCommands addDownload(String name, Function<Request, Download> run) {
        downloads.put(name, run);
        return this;
    }

    /** One that takes a file. @param run reads it while it comes; its result is written as JSON */
    public ControlCommands addUpload(String name, BiFunction<Request, InputStream, Object> run) {
        uploads.put(name, run);
        return this;
    }

    public Set<String> names() {
        Set<String> all = new TreeSet<>(commands.keySet());
        all.addAll(downloads.keySet());
        all.addAll(uploads.keySet());
        return all;
    }

    /** Whether there is one of this name. */
    public boolean has(String name) {
        return commands.containsKey(name) || downloads.containsKey(name) || uploads.containsKey(name);
    }

    @Override
    public String answer(String line, Actor who) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            Request request = request(line, who);
            Function<Request, Object> command = commands.get(request.command());
            if (command == null) {
                throw new CommandFailed(
                        has(request.command())
                                ? request.command() + " takes or gives a file: it is not done by a line alone"
                                : "this broker has no command " + request.command() + ", but "
                                        + String.join(", ", names()));
            }
            answer.put("ok", true).set("result", JSON.valueToTree(command.apply(request)));
        } catch (CommandFailed e) {
            failed(answer, e.code().name(), e.sentence());
        } catch (RuntimeException e) { // a fault of ours: the broker goes on, and the log has it
            LOG.error("a command of the control socket failed", e);
            failed(answer, "INTERNAL_ERROR", "the command failed inside the broker, its log says why");
        }
        return JSON.writeValueAsString(answer);
    }

    /**
     * Takes a line that asks for a file: answers with a line that names it, then pieces (their length in four bytes, then the bytes),
     * a length of 0, and a line that says what came of it. Without that last one the file is not whole.
     */
    @Override
    public boolean download(String line, Actor who, OutputStream out) throws IOException {
        Function<Request, Download> command;
        Request request;
        try {
            request = request(line, who);
            command = downloads.get(request.command());
        } catch (CommandFailed e) { // for a line, too
            return false;
        }
        if (command == null) {
            return false;
        }
        ObjectNode answer = JSON.createObjectNode();
        try (Download file = command.apply(request)) {
            send(answer.put("ok", true).put("name", file.name()), out);
            DataOutputStream data = new DataOutputStream(out);
            Object result;
            try {
                result = file.write(new Pieces(data));
            } catch (IOException e) {
                data.writeInt(0);
                throw new CommandFailed("the file could not be made whole: " + e.getMessage());
            } catch (RuntimeException e) {
                data.writeInt(0);
                throw e;
            }
            data.writeInt(0);
            send(JSON.createObjectNode().put("ok", true).set("result", JSON.valueToTree(result)), out);
        } catch (CommandFailed e) {
            failed(answer, e.code().name(), e.sentence());
            send(answer, out);
        } catch (RuntimeException e) { // as in answer
            LOG.error("a command of the control socket failed", e);
            failed(answer, "INTERNAL_ERROR", "the command failed inside the broker, its log says why");
            send(answer, out);
        }
        return true;
    }

    private static void send(JsonNode answer, OutputStream out) throws IOException {
        out.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Tells how long each write is. */
    private static final class Pieces extends OutputStream {
        private final DataOutputStream out;

        Pieces(DataOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int at, int length) throws IOException {
            if (length > 0) { // 0 is the end
                out.writeInt(length);
                out.write(from, at, length);
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    /**
     * Has a command begun whose result is a file.
     *
     * @throws CommandFailed with a sentence
     */
    public Download download(String command, JsonNode arguments, Actor who) {
        Function<Request, Download> known = downloads.get(command);
        if (known == null) {
            throw new CommandFailed("there is no command " + command);
        }
        return known.apply(new Request(command, arguments, who));
    }

    /**
     * Has a command done that takes a file.
     *
     * @throws CommandFailed with a sentence
     */
    public JsonNode upload(String command, JsonNode arguments, InputStream content, Actor who) {
        BiFunction<Request, InputStream, Object> known = uploads.get(command);
        if (known == null) {
            throw new CommandFailed("there is no command " + command);
        }
        return JSON.valueToTree(known.apply(new Request(command, arguments, who), content));
    }

    /**
     * Has a command done in this process.
     *
     * @param arguments texts, numbers, truth values and lists of texts
     * @throws CommandFailed with a sentence
     */
    public JsonNode run(String command, Map<String, ?> arguments, Actor who) {
        JsonNode tree = JSON.valueToTree(arguments);
        return run(command, tree, who);
    }

    /** The same, with the arguments as an object. */
    public JsonNode run(String command, JsonNode arguments, Actor who) {
        Function<Request, Object> known = commands.get(command);
        if (known == null) {
            throw new CommandFailed("there is no command " + command);
        }
        return JSON.valueToTree(known.apply(new Request(command, arguments, who)));
    }

    private static void failed(ObjectNode answer, String code, String sentence) {
        answer.removeAll();
        answer.put("ok", false).put("code", code).put("error", sentence);
    }

    /** What came is not repeated in the answer: it may hold a password. */
    private static Request request(String line, Actor who) {
        @Nullable JsonNode tree;
        try {
            tree = JSON.readTree(line);
        } catch (JacksonException e) {
            throw new CommandFailed("this is no JSON: expected is an object such as {\"command\": \"status\"}");
        }
        if (tree == null || !tree.isObject() || !tree.path("command").isString()) {
            throw new CommandFailed("a request is an object with a command, such as {\"command\": \"status\"}");
        }
        return new Request(tree.path("command").stringValue(), tree, who);
    }
}
