package io.dunlin.broker.session;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Enhanced authentication again on a running connection (MQTT 5, section 4.12.1). Thread: the session's shard. */
final class Reauthentication {
    private final Session session;
    private final Link link;
    private final String method;
    private @Nullable Exchange exchange;

    /** @param method the one of the CONNECT */
    Reauthentication(Session session, Link link, String method) {
        this.session = session;
        this.link = link;
        this.method = method;
    }

    static Auth packet(ReasonCode reason, String method, byte @Nullable [] data) {
        Properties.Builder properties = Properties.builder().text(Property.AUTHENTICATION_METHOD, method);
        if (data != null) {
            properties.binary(Property.AUTHENTICATION_DATA, data);
        }
        return new Auth(reason, properties.build());
    }

    void onAuth(Auth auth) {
        if (!method.equals(auth.properties().text(Property.AUTHENTICATION_METHOD))) { // [MQTT-4.12.1-1]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH must name the method of CONNECT");
        }
        Exchange running = exchange;
        if (auth.reason() == ReasonCode.REAUTHENTICATE && running == null) {
            Credentials credentials = new Credentials(
                    session.principal().clientId(),
                    session.principal().username(),
                    null,
                    link.connection().info());
            running = link.context().core().authenticator().beginAgain(method, credentials);
            exchange = running;
        } else if (auth.reason() != ReasonCode.CONTINUE_AUTHENTICATION || running == null) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH " + auth.reason() + " does not fit here");
        }
        link.pause();
        running.next(Handshake.dataOf(auth.properties()))
                .whenComplete((outcome, failure) -> link.shard().execute("a re-authentication", () -> {
                    try {
                        if (link.isOpen()) {
                            onOutcome(outcome, failure);
                        }
                    } finally {
                        link.resume();
                    }
                }));
    }

    private void onOutcome(@Nullable Outcome outcome, @Nullable Throwable failure) {
        if (outcome == null) {
            link.shard().fault("the authenticator", failure == null ? new NullPointerException() : failure);
            link.handler()
                    .onProtocolError(new ProtocolError(ReasonCode.NOT_AUTHORIZED, "logins cannot be checked now"));
            return;
        }
        switch (outcome) {
            case Outcome.Continue more -> link.send(packet(ReasonCode.CONTINUE_AUTHENTICATION, method, more.data()));
            case Outcome.Accepted accepted -> {
                exchange = null;
                if (Objects.equals(
                        accepted.principal().username(), session.principal().username())) {
                    link.send(packet(ReasonCode.SUCCESS, method, accepted.data()));
                    session.standing().again(accepted.principal());
                } else {
                    link.handler()
                            .onProtocolError(new ProtocolError(ReasonCode.NOT_AUTHORIZED, "another user than before"));
                }
            }
            case Outcome.Refused refused -> { // [MQTT-4.12.1-2]
                link.context()
                        .core()
                        .events()
                        .refused(
                                link.connection().info(),
                                session.principal().clientId(),
                                refused.reason(),
                                refused.message());
                link.handler()
                        .onProtocolError(
                                new ProtocolError(ReasonCode.NOT_AUTHORIZED, RefusalText.of(refused.reason())));
            }
        }
    }
}
