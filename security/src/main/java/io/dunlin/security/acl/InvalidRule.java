package io.dunlin.security.acl;

/** A rule or a file of rules that cannot be used; the message says where and what to do. */
public final class InvalidRule extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidRule(String message) {
        super(message);
    }

    InvalidRule(String message, Throwable cause) {
        super(message, cause);
    }
}
