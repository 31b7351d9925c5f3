package io.dunlin.transport;

/** Throwables as part of a sentence for people. */
final class Causes {
    private Causes() {}

    /** The message of the innermost cause, or its class where it has none. */
    static String sentence(Throwable thrown) {
        Throwable innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            innermost = cause;
        }
        String message = innermost.getMessage();
        return message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
    }
}
