package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A command with its arguments as they came through the control socket.
 *
 * @param who asks
 */
public record Request(String command, JsonNode arguments, Actor who) {
    /** @throws CommandFailed where it is not there, or no text */
    public String text(String name) {
        return optional(name).orElseThrow(() -> new CommandFailed(command + " needs " + name + ": give it as a text"));
    }

    public Optional<String> optional(String name) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw new CommandFailed(command + ": " + name + " is no text");
        }
        return Optional.of(value.stringValue());
    }

    /** Empty where it is not there. */
    public List<String> texts(String name) {
        JsonNode value = arguments.path(name);
        List<String> texts = new ArrayList<>();
        if (value.isMissingNode() || value.isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw new CommandFailed(command + ": " + name + " is no list");
        }
        for (JsonNode element : value) {
            if (!element.isString()) {
                throw new CommandFailed(command + ": " + name + " holds what is no text");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    /** The number, or another where it is not there. */
    public long number(String name, long otherwise) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new CommandFailed(command + ": " + name + " is no whole number");
        }
        return value.longValue();
    }

    /** Whether it is there and true. */
    public boolean flag(String name) {
        return arguments.path(name).asBoolean(false);
    }
}
