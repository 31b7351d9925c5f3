package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.World;
import java.util.Arrays;

/** Sections 3.15 and 4.12: enhanced authentication. */
class AuthTest {
    private static final String METHOD = "TWO-STEPS";
    private static final byte[] FIRST = {1};
    private static final byte[] SECOND = {2};
    private static final byte[] CHALLENGE = {10};
    private static final byte[] PROOF = {20};

    /** Wants 1, challenges, wants 2, proves itself. */
    private static ScriptedAuthenticator twoSteps() {
        return ScriptedAuthenticator.acceptAll()
                .method(
                        METHOD,
                        data -> Arrays.equals(data, FIRST)
                                ? new Outcome.Continue(CHALLENGE)
                                : new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "wrong first step"),
                        data -> Arrays.equals(data, SECOND)
                                ? new Outcome.Accepted(new Principal("c", "user"), PROOF)
                                : new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong second step"));
    }

    private static Auth auth(ReasonCode reason, String method, byte[] data) {
        return new Auth(
                reason,
                Properties.builder()
                        .text(Property.AUTHENTICATION_METHOD, method)
                        .binary(Property.AUTHENTICATION_DATA, data)
                        .build());
    }

    private static void begin(Peer client) {
        client.sendConnect(it -> it.persistent()
                .property(Property.AUTHENTICATION_METHOD, METHOD)
                .property(Property.AUTHENTICATION_DATA, FIRST));
        expectChallenge(client);
    }

    private static void expectChallenge(Peer client) {
        Auth challenge = client.expectAuth(ReasonCode.CONTINUE_AUTHENTICATION);
        client.check(
                METHOD.equals(challenge.properties().text(Property.AUTHENTICATION_METHOD))
                        && Arrays.equals(CHALLENGE, challenge.properties().binary(Property.AUTHENTICATION_DATA)),
                "got " + challenge);
    }

    private static void logIn(Peer client) {
        begin(client);
        client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, METHOD, SECOND));
        Connack connack = client.expectConnack(ReasonCode.SUCCESS);
        client.check(
                METHOD.equals(connack.properties().text(Property.AUTHENTICATION_METHOD))
                        && Arrays.equals(PROOF, connack.properties().binary(Property.AUTHENTICATION_DATA)),
                "got " + connack);
    }

    @Conversation
    @Clause({"MQTT-4.12.0-2", "MQTT-4.12.0-3", "MQTT-4.12.0-5", "MQTT-3.15.2-1", "MQTT-3.2.0-1"})
    void letsInAfterAllSteps(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        logIn(client);
        client.ping();
    }

    @Conversation
    @Clause({"MQTT-4.12.0-1", "MQTT-3.2.2-8"})
    void refusesUnknownMethods(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        client.connectRefused(
                ReasonCode.BAD_AUTHENTICATION_METHOD, it -> it.property(Property.AUTHENTICATION_METHOD, "two-steps"));
    }

    @Conversation
    @Clause({"MQTT-4.12.0-4", "MQTT-3.2.2-6", "MQTT-3.2.2-7"})
    void refusesAtAnyStep(World world) {
        world.with(twoSteps());
        Peer first = world.client("c");
        first.connectRefused(
                ReasonCode.NOT_AUTHORIZED,
                it -> it.property(Property.AUTHENTICATION_METHOD, METHOD)
                        .property(Property.AUTHENTICATION_DATA, SECOND));
        Peer second = world.client("c");
        begin(second);
        second.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, METHOD, FIRST));
        second.expectConnack(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        second.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-30", "MQTT-3.1.4-6"})
    void takesNothingButAuthUntilConnack(World world) {
        world.with(twoSteps());
        Peer watcher = world.connected("watcher");
        watcher.subscribe("#", 0);
        Peer eager = world.client("c");
        begin(eager);
        eager.send(Pub.of("t", "x"));
        eager.expectRefused(ReasonCode.PROTOCOL_ERROR);
        Peer pinging = world.client("c");
        begin(pinging);
        pinging.send(Pingreq.INSTANCE);
        pinging.expectRefused(ReasonCode.PROTOCOL_ERROR);
        Peer leaving = world.client("c");
        begin(leaving);
        leaving.sendHex("E0 00");
        leaving.expectClosed();
        watcher.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.12.0-3", "MQTT-4.12.0-5", "MQTT-3.15.2-1"})
    void refusesAnswersOfAnotherKind(World world) {
        world.with(twoSteps());
        for (Auth wrong : new Auth[] {
            auth(ReasonCode.REAUTHENTICATE, METHOD, SECOND),
            auth(ReasonCode.SUCCESS, METHOD, SECOND),
            auth(ReasonCode.CONTINUE_AUTHENTICATION, "OTHER", SECOND),
            new Auth(ReasonCode.CONTINUE_AUTHENTICATION, Properties.NONE)
        }) {
            Peer client = world.client("c");
            begin(client);
            client.send(wrong);
            client.expectRefused(ReasonCode.PROTOCOL_ERROR, ReasonCode.MALFORMED_PACKET, ReasonCode.NOT_AUTHORIZED);
        }
    }

    @Conversation
    @Clause({"MQTT-4.12.0-6", "MQTT-4.12.0-7"})
    void usesNoAuthWhereTheClientNamedNoMethod(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        Connack connack = client.connect(it -> it.credentials("u", "p"));
        client.check(
                !connack.properties().has(Property.AUTHENTICATION_METHOD)
                        && !connack.properties().has(Property.AUTHENTICATION_DATA),
                "got " + connack);
        client.expectNothing();
        client.send(auth(ReasonCode.REAUTHENTICATE, METHOD, FIRST));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation
    @Clause({"MQTT-4.12.1-1", "MQTT-4.12.0-5"})
    void authenticatesAgainDuringTheConnection(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        logIn(client);
        for (int i = 0; i < 2; i++) {
            client.send(auth(ReasonCode.REAUTHENTICATE, METHOD, FIRST));
            expectChallenge(client);
            client.ping(); // the rest goes on meanwhile
            client.subscribe("t", 0);
            client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, METHOD, SECOND));
            Auth done = client.expectAuth(ReasonCode.SUCCESS);
            client.check(
                    METHOD.equals(done.properties().text(Property.AUTHENTICATION_METHOD))
                            && Arrays.equals(PROOF, done.properties().binary(Property.AUTHENTICATION_DATA)),
                    "got " + done);
        }
        client.ping();
    }

    @Conversation
    @Clause({"MQTT-4.12.1-2", "MQTT-4.12.1-1"})
    void closesWhereTheSecondAuthenticationFails(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        logIn(client);
        client.send(auth(ReasonCode.REAUTHENTICATE, METHOD, SECOND));
        client.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
        Peer other = world.client("c");
        logIn(other);
        other.send(auth(ReasonCode.REAUTHENTICATE, "OTHER", FIRST));
        other.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        Peer unasked = world.client("c");
        logIn(unasked);
        unasked.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, METHOD, SECOND));
        unasked.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.12.0-4", "MQTT-3.1.4-2"})
    void survivesClientsThatLeaveDuringTheExchange(World world) {
        ScriptedAuthenticator slow = twoSteps().hold();
        world.with(slow);
        Peer client = world.client("c");
        client.sendConnect(it ->
                it.property(Property.AUTHENTICATION_METHOD, METHOD).property(Property.AUTHENTICATION_DATA, FIRST));
        world.settle();
        client.drop();
        slow.answer();
        world.settle();
        world.connected("other").ping();
    }

    @Conversation
    @Clause({"MQTT-3.15.1-1", "MQTT-3.15.2-1"})
    void closesOnMalformedAuth(World world) {
        world.with(twoSteps());
        for (String wrong : new String[] {"F1 00", "F0 01 55", "F0 02 18 05", "F0 04 18 02 1F 00"}) {
            Peer client = world.client("c");
            logIn(client);
            client.sendBytes(Bytes.hex(wrong));
            client.expectDisconnect(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR);
        }
    }

    @Conversation
    @Clause({"MQTT-3.15.2-2", "MQTT-3.15.2-3", "MQTT-3.1.2-24"})
    void keepsAuthWithinTheClientsPacketSize(World world) {
        world.with(twoSteps());
        Peer client = world.client("c");
        client.sendConnect(it -> it.property(Property.AUTHENTICATION_METHOD, METHOD)
                .property(Property.AUTHENTICATION_DATA, FIRST)
                .property(Property.MAXIMUM_PACKET_SIZE, 24));
        expectChallenge(client);
        client.check(client.lastBytes().length <= 24, Bytes.hex(client.lastBytes()));
    }
}
