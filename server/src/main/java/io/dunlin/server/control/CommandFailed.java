package io.dunlin.server.control;

/** A command that could not be done. The message is one sentence for the person who gave it, and never holds a secret. */
public final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of failure it is, for programs. */
    public enum Code {
        /** The arguments make no sense, or it cannot be done now. */
        BAD_REQUEST,
        /** What it is about is not there. */
        NOT_FOUND,
        /** This broker does not have that now. */
        UNAVAILABLE
    }

    private final Code code;

    public CommandFailed(String message) {
        this(Code.BAD_REQUEST, message);
    }

    private CommandFailed(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** What the command is about is not there. */
    public static CommandFailed notFound(String message) {
        return new CommandFailed(Code.NOT_FOUND, message);
    }

    /** This broker does not have what the command needs. */
    public static CommandFailed unavailable(String message) {
        return new CommandFailed(Code.UNAVAILABLE, message);
    }

    public Code code() {
        return code;
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
