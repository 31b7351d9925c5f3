package io.dunlin.security.guard;

import io.dunlin.security.acl.Network;
import java.util.Locale;

/**
 * Somebody who is kept out.
 *
 * @param subject a client id, a user name, or an address or network
 * @param reason why, for people; may be empty
 * @param by who said so
 * @param sinceMillis since 1970
 * @param untilMillis since 1970; {@link #FOR_EVER} without an end
 */
public record Ban(Kind kind, String subject, String reason, String by, long sinceMillis, long untilMillis) {
    /** No end. */
    public static final long FOR_EVER = Long.MAX_VALUE;

    /** What is banned. */
    public enum Kind {
        CLIENT,
        USER,
        /** An address, or a network in the form {@code 10.0.0.0/8}. */
        ADDRESS;

        /** As it stands in files and on command lines. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Names an address always in the same way. @throws IllegalArgumentException with a sentence, where it is none */
    public Ban {
        if (subject.isEmpty()) {
            throw new IllegalArgumentException("Say who is to be banned: the " + kind.text() + " is empty.");
        }
        subject = kind == Kind.ADDRESS ? Network.of(subject).toString() : subject;
    }

    public boolean isOver(long wallMillis) {
        return untilMillis <= wallMillis;
    }

    /** For logs: {@code client "press-7" is banned (too loud)}. */
    String sentence() {
        return kind.text() + " " + Notices.shown(subject) + " is banned"
                + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
