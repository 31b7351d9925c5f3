package io.dunlin.broker.session;

import io.dunlin.protocol.packet.ReasonCode;
import java.util.Map;

/** What a client hears of a login that was refused: nothing of why, which would tell a guesser which names and passwords there are. */
final class RefusalText {
    private static final Map<ReasonCode, String> TEXTS = Map.of(
            ReasonCode.BAD_USER_NAME_OR_PASSWORD,
            "wrong user name or password",
            ReasonCode.NOT_AUTHORIZED,
            "not authorized",
            ReasonCode.SERVER_UNAVAILABLE,
            "logins cannot be checked at this time",
            ReasonCode.SERVER_BUSY,
            "too many clients are logging in",
            ReasonCode.BANNED,
            "banned",
            ReasonCode.CONNECTION_RATE_EXCEEDED,
            "too many logins: wait before the next",
            ReasonCode.BAD_AUTHENTICATION_METHOD,
            "the authentication method is not offered at this listener",
            ReasonCode.USE_ANOTHER_SERVER,
            "use another server",
            ReasonCode.SERVER_MOVED,
            "the server has moved");

    private RefusalText() {}

    /** One text for each reason code. */
    static String of(ReasonCode reason) {
        return TEXTS.getOrDefault(reason, "the login is refused");
    }
}
