package io.dunlin.security.users;

/** The stored users cannot be used; the message says what is wrong and what to do, and shows no secret. */
public final class UsersDamaged extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String message;

    UsersDamaged(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
