package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A command with its arguments as they came through the control socket or out of the query of a URL: there all are texts, so a text that
 * says a number or a truth value is taken for it, and a single text for a list of one.
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
        if (value.isString()) {
            texts.add(value.stringValue());
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
        if (value.isString()) {
            try {
                return Long.parseLong(value.stringValue());
            } catch (NumberFormatException e) {
                throw new CommandFailed(command + ": " + name + " is no whole number");
            }
        }
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new CommandFailed(command + ": " + name + " is no whole number");
        }
        return value.longValue();
    }

    /**
     * The number, or another where it is not there.
     *
     * @throws CommandFailed where it is outside the bounds
     */
    public int number(String name, int otherwise, int least, int most) {
        long number = number(name, otherwise);
        if (number < least || number > most) {
            throw new CommandFailed(
                    command + ": " + name + " is " + number + ", expected is a number from " + least + " to " + most);
        }
        return (int) number;
    }

    /**
     * How much of payloads is wanted: by {@code max_payload_bytes}, and {@code payload}, which is base64 or none.
     *
     * @param otherwise where nothing is said
     */
    public int payloadBytes(int otherwise, int most) {
        int bytes = number("max_payload_bytes", otherwise, 0, most);
        String form = optional("payload").orElse("base64");
        return switch (form) {
            case "base64" -> bytes;
            case "none" -> 0;
            default -> throw new CommandFailed(command + ": payload is " + form + ", expected is base64 or none");
        };
    }

    /** Whether it is there and true. */
    public boolean flag(String name) {
        return truth(name).orElse(false);
    }

    /** Empty where it is not there. */
    public Optional<Boolean> truth(String name) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.isBoolean()) {
            return Optional.of(value.booleanValue());
        }
        return switch (value.isString() ? value.stringValue() : "") {
            case "true", "1" -> Optional.of(true);
            case "false", "0" -> Optional.of(false);
            default -> throw new CommandFailed(command + ": " + name + " is neither true nor false");
        };
    }
}
