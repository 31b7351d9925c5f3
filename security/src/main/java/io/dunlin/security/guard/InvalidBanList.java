package io.dunlin.security.guard;

/** The file of bans cannot be used; the message is a sentence that says what to do. */
public final class InvalidBanList extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidBanList(String message, Throwable cause) {
        super(message, cause);
    }
}
