package io.dunlin.client;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The enhanced authentication of one connection (4.12): with CONNECT, and again whenever the application asks. Packets come on the
 * reading thread; the exchange itself runs on handler threads, as it may compute for long or wait for a secret.
 */
final class Login {
    private final Authentication authentication;
    private final Consumer<Packet> send;
    private final Consumer<MqttException> fail;
    private final AtomicBoolean answering = new AtomicBoolean();
    private final AtomicReference<Round> round;

    /** {@code done} completes when the server has accepted and was checked. */
    private record Round(Authentication.Exchange exchange, CompletableFuture<Void> done) {
        Round(Authentication authentication) {
            this(authentication.start(), new CompletableFuture<>());
        }
    }

    /** {@code fail} ends the connection; both are for any thread. */
    Login(Authentication authentication, Consumer<Packet> send, Consumer<MqttException> fail) {
        this.authentication = authentication;
        this.send = send;
        this.fail = fail;
        this.round = new AtomicReference<>(new Round(authentication));
    }

    /** The properties of CONNECT with the method and what it begins with. */
    Properties offered(Properties connect) {
        return withData(
                connect.without(Property.AUTHENTICATION_METHOD, Property.AUTHENTICATION_DATA).toBuilder(),
                current().exchange.first());
    }

    private Round current() {
        return Objects.requireNonNull(round.get());
    }

    private Properties withData(Properties.Builder properties, byte[] data) { // [MQTT-4.12.0-5]
        properties.text(Property.AUTHENTICATION_METHOD, authentication.method());
        if (data.length > 0) {
            properties.binary(Property.AUTHENTICATION_DATA, data);
        }
        return properties.build();
    }

    /** AUTH, before CONNACK or after it. */
    void onAuth(Auth auth) {
        Round asked = current();
        check(auth.properties());
        if (asked.done.isDone() || answering.get()) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "the server sent an AUTH that nobody asked for");
        }
        if (auth.reason() == ReasonCode.SUCCESS) { // ends a re-authentication; a first one ends with CONNACK
            finish(asked, auth.properties());
            return;
        }
        answering.set(true);
        byte[] challenge = data(auth.properties());
        HandlerThreads.shared().execute(() -> answer(asked, challenge));
    }

    private void answer(Round asked, byte[] challenge) {
        try {
            byte[] answer = asked.exchange.answer(challenge);
            answering.set(false); // before it leaves: the next AUTH may come right after
            send.accept(
                    new Auth( // [MQTT-4.12.0-3]
                            ReasonCode.CONTINUE_AUTHENTICATION, withData(Properties.builder(), answer)));
        } catch (RuntimeException e) {
            fail.accept(failed(e));
        }
    }

    private static MqttException failed(RuntimeException e) {
        return e instanceof MqttException told
                ? told
                : new AuthenticationFailed("The authentication failed: " + e.getMessage() + ".", e);
    }

    /** CONNACK accepted the client; false where the server is not to be trusted, and the connection ends. */
    boolean onConnack(Properties properties) {
        check(properties);
        return finish(current(), properties);
    }

    private boolean finish(Round asked, Properties properties) {
        try {
            asked.exchange.finish(data(properties));
        } catch (RuntimeException e) {
            MqttException failure = failed(e);
            asked.done.completeExceptionally(failure);
            fail.accept(failure);
            return false;
        }
        asked.done.complete(null);
        return true;
    }

    private void check(Properties properties) {
        if (!authentication.method().equals(properties.text(Property.AUTHENTICATION_METHOD))) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "the server changed the authentication method");
        }
    }

    private static byte[] data(Properties properties) {
        byte[] data = properties.binary(Property.AUTHENTICATION_DATA);
        return data == null ? new byte[0] : data;
    }

    /** Asks the server for a new round; ends when it is over, or with the connection. */
    CompletableFuture<Void> again() { // [MQTT-4.12.1-1]
        Round before = current();
        Round next = new Round(authentication);
        if (!before.done.isDone() || !round.compareAndSet(before, next)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("An authentication is under way: wait for its end."));
        }
        send.accept(new Auth(ReasonCode.REAUTHENTICATE, withData(Properties.builder(), next.exchange.first())));
        return next.done;
    }

    /** The connection is over. */
    void ended(MqttException cause) {
        current().done.completeExceptionally(cause);
    }
}
