package io.dunlin.telemetry;

import java.io.IOException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the library says goes to our log at level debug, not to standard error; of its last complaint the reason is kept, since it tells
 * it nowhere else. Thread: any.
 */
final class SdkLog extends Handler {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(SdkLog.class);
    private static final Logger LIBRARY =
            Logger.getLogger("io.opentelemetry"); // held: else it is forgotten with its handlers
    private static final int REASON_CHARS_MAX = 200;

    private static volatile String reason = "";

    private SdkLog() {}

    /** Once for the process. */
    static void install() {
        if (LIBRARY.getHandlers().length == 0) {
            LIBRARY.setUseParentHandlers(false);
            LIBRARY.addHandler(new SdkLog());
        }
    }

    /** Why it could not send lately, for people. */
    static String reason() {
        String last = reason;
        return last.isEmpty() ? "it gave no reason" : last;
    }

    @Override
    public void publish(LogRecord entry) {
        String message = String.valueOf(entry.getMessage());
        if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            reason = shortened(entry.getThrown() == null ? afterFirstSentence(message) : reasonOf(entry.getThrown()));
        }
        LOG.debug("{}", message);
    }

    /** "Failed to export spans." stands before the reason. */
    private static String afterFirstSentence(String message) {
        int end = message.indexOf(". ");
        return end < 0 ? message : message.substring(end + 2);
    }

    /** The first that is of the network: what is around it says nothing, and what is within it too little. */
    private static String reasonOf(Throwable thrown) {
        Throwable cause = thrown;
        while (!(cause instanceof IOException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static String shortened(String text) {
        return text.length() <= REASON_CHARS_MAX ? text : text.substring(0, REASON_CHARS_MAX) + "...";
    }

    @Override
    public void flush() {
        // nothing waits here
    }

    @Override
    public void close() {
        // nothing is open
    }
}
