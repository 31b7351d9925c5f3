package io.dunlin.cli.output;

import io.dunlin.client.Delivery;
import java.io.ByteArrayOutputStream;

/** Writes one message as the user wants to see it. */
interface Printer {
    /**
     * Adds the message to the output.
     *
     * @param moment when it came
     * @throws UnprintableException with a sentence where the message has not the form that the format needs; what was
     *     written so far stays
     */
    void print(Delivery message, Moment moment, ByteArrayOutputStream out);

    /** This message cannot be shown so; the next may. */
    final class UnprintableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnprintableException(String message) {
            super(message, null, false, false);
        }
    }
}
