package io.dunlin.cli.args;

import io.dunlin.client.ConnectFailed;
import io.dunlin.client.ConnectRefused;
import io.dunlin.client.ConnectionLost;
import io.dunlin.client.LimitExceeded;
import io.dunlin.client.MqttException;
import io.dunlin.client.TimedOut;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;

/** The exit codes that scripts know from mosquitto's tools. */
public final class ExitCode {
    /** What the help says about them. */
    public static final String HELP = """

            Exit codes:
              0 done   1 wrong usage, or the broker cannot be reached   7 connection lost   8 TLS failed
              27 the time of -W is up   else what the broker answered: 1 to 5 before MQTT 5, and from
              MQTT 5 on its reason code, for instance 135 not authorized
            """;

    public static final int OK = 0;
    /** Wrong options, a broker that cannot be reached, and what has no code of its own. */
    public static final int ERROR = 1;

    public static final int CONNECTION_LOST = 7;
    public static final int TLS = 8;
    /** What was measured or tested is not as it should be. */
    public static final int LIMIT_MISSED = 10;

    public static final int TIMED_OUT = 27;

    /** The return codes 1 to 5 of CONNACK before MQTT 5. */
    private static final List<ReasonCode> V3_RETURN_CODES = List.of(
            ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
            ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
            ReasonCode.SERVER_UNAVAILABLE,
            ReasonCode.BAD_USER_NAME_OR_PASSWORD,
            ReasonCode.NOT_AUTHORIZED);

    private ExitCode() {}

    public static int of(MqttException e, ProtocolVersion version) {
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
        if (e instanceof ConnectionLost lost && lost.reason() != null) {
            return lost.reason().value();
        }
        // With TLS 1.3 a client hears of its own certificate's refusal after its handshake is done.
        return e.getCause() instanceof SSLHandshakeException ? TLS : CONNECTION_LOST;
    }

    /** The reason code of MQTT 5, or the return code of CONNACK before that. */
    public static int of(ReasonCode reason, ProtocolVersion version) {
        int v3 = version.hasProperties() ? -1 : V3_RETURN_CODES.indexOf(reason);
        return v3 >= 0 ? v3 + 1 : reason.value();
    }
}
