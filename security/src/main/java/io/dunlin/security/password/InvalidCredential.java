package io.dunlin.security.password;

/** A stored credential, or the file it stands in, cannot be used; the message says what to do and shows no secret. */
public final class InvalidCredential extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String message;

    public InvalidCredential(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
