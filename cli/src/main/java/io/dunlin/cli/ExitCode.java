package io.dunlin.cli;

import io.dunlin.client.ConnectFailed;
import io.dunlin.client.ConnectRefused;
import io.dunlin.client.ConnectionLost;
import io.dunlin.client.LimitExceeded;
import io.dunlin.client.MqttException;
import io.dunlin.client.TimedOut;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;

/** The exit codes that scripts know from mosquitto's tools. */
final class ExitCode {
    static final int OK = 0;
    /** Wrong options, a broker that cannot be reached, and what has no code of its own. */
    static final int ERROR = 1;

    static final int CONNECTION_LOST = 7;
    static final int TLS = 8;
    static final int TIMED_OUT = 27;

    /** The return codes 1 to 5 of CONNACK before MQTT 5. */
    private static final List<ReasonCode> V3_RETURN_CODES = List.of(
            ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
            ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
            ReasonCode.SERVER_UNAVAILABLE,
            ReasonCode.BAD_USER_NAME_OR_PASSWORD,
            ReasonCode.NOT_AUTHORIZED);

    private ExitCode() {}

    static int of(MqttException e, ProtocolVersion version) {
        if (e instanceof ConnectRefused refused) {
            return of(refused.reason(), version);
        }
        if (e instanceof ConnectFailed failed) {
            return failed.isTls() ? TLS : ERROR;
        }
        if (e instanceof TimedOut) {
            return TIMED_OUT;
        }
        if (e instanceof LimitExceeded limit) {
            return limit.reason().value();
        }
        return e instanceof ConnectionLost lost && lost.reason() != null
                ? lost.reason().value()
                : CONNECTION_LOST;
    }

    /** The reason code of MQTT 5, or the return code of CONNACK before that. */
    static int of(ReasonCode reason, ProtocolVersion version) {
        int v3 = version.hasProperties() ? -1 : V3_RETURN_CODES.indexOf(reason);
        return v3 >= 0 ? v3 + 1 : reason.value();
    }
}
