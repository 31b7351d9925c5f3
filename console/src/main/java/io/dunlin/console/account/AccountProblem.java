package io.dunlin.console.account;

/** Why an account, a key or their file cannot be what was asked for; the message is a sentence that says what to do. */
public final class AccountProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    public AccountProblem(String message) {
        super(message, null, false, false);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
