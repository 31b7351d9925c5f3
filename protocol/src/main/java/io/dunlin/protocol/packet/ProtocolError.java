package io.dunlin.protocol.packet;

/**
 * What the other side did against the protocol. Its connection ends with this reason; nobody else is touched. It carries no
 * stack trace: it is an outcome of reading input, not a fault of the program.
 */
public final class ProtocolError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ReasonCode reason;

    /** @param message what was wrong, for the log and the reason string; it holds no secrets of the packet */
    public ProtocolError(ReasonCode reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public ReasonCode reason() {
        return reason;
    }
}
