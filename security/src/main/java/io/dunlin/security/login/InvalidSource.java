package io.dunlin.security.login;

/** A source of logins or rights cannot be made of its settings or of the files that they name; the message says what to do, without secrets. */
public final class InvalidSource extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public InvalidSource(String message) {
        super(message);
    }
}
