package io.dunlin.server.migrate;

/** Nothing was imported, and nothing was written; the message is a sentence that says what to do. */
public final class NotImported extends Exception {
    private static final long serialVersionUID = 1;

    NotImported(String sentence) {
        super(sentence, null, false, false);
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
