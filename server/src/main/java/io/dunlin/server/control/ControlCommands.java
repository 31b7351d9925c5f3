package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
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

    public ControlCommands() {
        add("help", request -> commands.keySet());
    }

    /** @param run its result is written as JSON: a record, a list, a map, a text */
    public ControlCommands add(String name, Function<Request, Object> run) {
        commands.put(name, run);
        return this;
    }

    public Set<String> names() {
        return Set.copyOf(commands.keySet());
    }

    /** Whether there is one of this name. */
    public boolean has(String name) {
        return commands.containsKey(name);
    }

    @Override
    public String answer(String line, Actor who) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            Request request = request(line, who);
            Function<Request, Object> command = commands.get(request.command());
            if (command == null) {
                throw new CommandFailed("this broker has no command " + request.command() + ", but "
                        + String.join(", ", commands.keySet()));
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
