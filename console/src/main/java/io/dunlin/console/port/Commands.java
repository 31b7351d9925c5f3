package io.dunlin.console.port;

import io.dunlin.security.audit.Actor;
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
