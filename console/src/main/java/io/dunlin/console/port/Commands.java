package io.dunlin.console.port;

import io.dunlin.security.audit.Actor;
import java.io.InputStream;
import tools.jackson.databind.JsonNode;

/** What administers the broker, by name: the same commands that the command line gives. Thread: any but the shards; may block. */
public interface Commands {
    /** Whether there is a command of this name. */
    boolean has(String name);

    /**
     * Has one done.
     *
     * @param arguments an object
     * @throws Failed where it cannot be done
     */
    JsonNode run(String name, JsonNode arguments, Actor who);

    /**
     * Has one begun whose result is a file; the caller closes it.
     *
     * @throws Failed where it cannot be done
     */
    default Download download(String name, JsonNode arguments, Actor who) {
        throw new Failed("NOT_IMPLEMENTED", "this broker has no command " + name);
    }

    /**
     * Has one done that takes a file.
     *
     * @param content is read while it comes
     * @throws Failed where it cannot be done
     */
    default JsonNode upload(String name, JsonNode arguments, InputStream content, Actor who) {
        throw new Failed("NOT_IMPLEMENTED", "this broker has no command " + name);
    }

    /** A command that could not be done. */
    final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String code;

        /** @param code such as NOT_FOUND @param sentence for the person who asked, without secrets */
        public Failed(String code, String sentence) {
            super(sentence, null, false, false);
            this.code = code;
        }

        public String code() {
            return code;
        }

        public String sentence() {
            return String.valueOf(getMessage());
        }
    }
}
