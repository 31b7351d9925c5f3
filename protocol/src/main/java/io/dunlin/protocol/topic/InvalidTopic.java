package io.dunlin.protocol.topic;

/** Text that is no topic name or no topic filter, with a sentence that says why. An outcome of input: no stack trace. */
public final class InvalidTopic extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    InvalidTopic(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
