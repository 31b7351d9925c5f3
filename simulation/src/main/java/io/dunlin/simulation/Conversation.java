package io.dunlin.simulation;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.simulation.ClientState.Out;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client says and hears on its connections: the client's side of sections 4.3 and 4.4 of MQTT 5. */
final class Conversation {
    private final Simulation sim;
    private final Client client;
    private final ClientState state;
    private final int receiveMaximum;
    private final int outboundMax;

    // of the connection
    private @Nullable Line line;
    private final Map<Integer, Asked> asked = new HashMap<>();
    private final Set<Integer> unanswered = new HashSet<>(); // QoS 1 and 2 from the broker, by identifier
    private long answerAt;
    private int brokerMax; // its receive maximum

    /** A SUBSCRIBE or UNSUBSCRIBE that waits for its answer. */
    private record Asked(Span span, boolean ends) {}

    Conversation(Simulation sim, Client client) {
        this.sim = sim;
        this.client = client;
        this.state = client.state;
        this.receiveMaximum = client.isV5() && client.kind != Client.Kind.CHECKER
                ? 1 + sim.random().nextInt(20)
                : 65_535;
        this.outboundMax = 1 + sim.random().nextInt(12);
    }

    int receiveMaximum() {
        return receiveMaximum;
    }

    void begin(Line on) {
        line = on;
        asked.clear();
        unanswered.clear();
        answerAt = 0;
    }

    void end() {
        line = null;
    }

    boolean hasRoom() {
        return state.outbound.size() < Math.min(outboundMax, brokerMax);
    }

    int asks(Span span, boolean ends) {
        int id = state.newId(asked);
        asked.put(id, new Asked(span, ends));
        return id;
    }

    void publish(Letter letter) {
        int id = 0;
        if (letter.qos != QoS.AT_MOST_ONCE) {
            id = state.newId(asked);
            state.outbound.put(id, new Out(letter));
        }
        send(letter, id, false);
    }

    private void send(Letter letter, int id, boolean again) {
        if (letter.sentStep == Letter.NEVER) {
            letter.sentStep = sim.step();
        }
        letter.lastSentStep = sim.step();
        letter.sentNanos = sim.now();
        Properties properties = letter.expirySeconds == 0
                ? Properties.NONE
                : Properties.of(Property.MESSAGE_EXPIRY_INTERVAL, letter.expirySeconds);
        sim.transcript().note(client.id, again ? "sends again" : "publishes", letter.number, id);
        client.send(new Publish(
                again,
                letter.qos,
                letter.retain,
                sim.ledger().topics().name(letter.topic),
                id,
                properties,
                letter.payload));
    }

    /** All that was not acknowledged, in the order of first sending [MQTT-4.4.0-1]. */
    void resend() {
        for (Map.Entry<Integer, Out> each : state.outbound.entrySet()) {
            if (each.getValue().released) {
                client.send(new Pubrel(each.getKey()));
            } else {
                send(each.getValue().letter, each.getKey(), true);
            }
        }
    }

    void onPacket(Packet packet) {
        if (!client.isOnline() && !(packet instanceof Connack)) {
            throw new Violation(client.id + " got " + packet + " before CONNACK");
        }
        switch (packet) {
            case Connack connack -> {
                brokerMax = (int) connack.properties().number(Property.RECEIVE_MAXIMUM, 1_000);
                client.connected(connack.sessionPresent(), connack.reason());
            }
            case Publish publish -> onPublish(publish);
            case Puback puback -> onPuback(puback);
            case Pubrec pubrec -> onPubrec(pubrec);
            case Pubrel pubrel -> onPubrel(pubrel);
            case Pubcomp pubcomp -> onPubcomp(pubcomp);
            case Suback suback -> onSuback(suback);
            case Unsuback unsuback -> onUnsuback(unsuback);
            case Pingresp _ -> {}
            case Disconnect disconnect -> client.dismissed(disconnect.reason());
            default -> throw new Violation(client.id + " got " + packet);
        }
    }

    // ---- its own messages

    private void onPuback(Puback puback) {
        Out out = expected(puback.packetId(), QoS.AT_LEAST_ONCE, "PUBACK");
        state.outbound.remove(puback.packetId());
        sim.ledger().answered(out.letter, puback.reason());
    }

    private void onPubrec(Pubrec pubrec) {
        Out out = expected(pubrec.packetId(), QoS.EXACTLY_ONCE, "PUBREC");
        sim.ledger().answered(out.letter, pubrec.reason());
        if (pubrec.reason().isError()) {
            state.outbound.remove(pubrec.packetId());
            return;
        }
        out.released = true;
        client.send(new Pubrel(pubrec.packetId()));
    }

    private void onPubcomp(Pubcomp pubcomp) {
        Out out = expected(pubcomp.packetId(), QoS.EXACTLY_ONCE, "PUBCOMP");
        if (!out.released) {
            throw new Violation(client.id + " got PUBCOMP " + pubcomp.packetId() + " before PUBREC");
        }
        state.outbound.remove(pubcomp.packetId());
    }

    private Out expected(int id, QoS qos, String what) {
        Out out = state.out(id);
        sim.transcript().note(client.id, "gets " + what, id, out == null ? -1 : out.letter.number);
        if (out == null || out.letter.qos != qos) {
            throw new Violation(client.id + " got " + what + " " + id + " for nothing that it has sent");
        }
        return out;
    }

    // ---- the messages of others

    private void onPublish(Publish publish) {
        int id = publish.packetId();
        if (publish.qos() != QoS.AT_MOST_ONCE) {
            if (!unanswered.add(id)) {
                throw new Violation(client.id + " got packet identifier " + id + " while it was in use");
            }
            if (unanswered.size() > receiveMaximum) {
                throw new Violation(client.id + " got " + unanswered.size() + " messages at the same time; its receive "
                        + "maximum is " + receiveMaximum);
            }
        }
        int number = Letter.number(publish.payload());
        if (publish.qos() == QoS.EXACTLY_ONCE) {
            Integer held = state.inbound.get(id);
            if (held != null) {
                if (held != number) {
                    throw new Violation(client.id + " holds message " + held + " with packet identifier " + id
                            + " and has not seen its PUBREL, and got message " + number + " with it: that one is lost");
                }
                sim.transcript().note(client.id, "gets once more", number, id);
            } else {
                state.inbound.put(id, number);
                sim.ledger().delivered(client, publish, number);
            }
        } else {
            sim.ledger().delivered(client, publish, number);
        }
        switch (publish.qos()) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE ->
                answer(() -> {
                    unanswered.remove(id);
                    client.send(new Puback(id));
                });
            case EXACTLY_ONCE -> answer(() -> client.send(new Pubrec(id)));
        }
    }

    private void answer(Runnable answer) {
        Line on = line;
        int millis = sim.isHealing() ? 1 : sim.profile().answerMillisMax();
        answerAt = Math.max(answerAt, sim.now() + sim.random().nextLong(millis * 1_000_000L));
        sim.at(answerAt, () -> {
            if (line == on && client.isOnline()) {
                answer.run();
            }
        });
    }

    private void onPubrel(Pubrel pubrel) {
        int id = pubrel.packetId();
        sim.transcript().note(client.id, "gets PUBREL", id, 0);
        boolean known = state.inbound.remove(id) != null;
        unanswered.remove(id);
        ReasonCode reason = known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        client.send(new Pubcomp(id, reason, Properties.NONE));
    }

    // ---- subscriptions

    private void onSuback(Suback suback) {
        Asked answered = asked.remove(suback.packetId());
        if (answered == null || answered.ends) {
            throw new Violation(client.id + " got SUBACK " + suback.packetId() + " for nothing");
        }
        sim.transcript().note(client.id, "gets SUBACK", suback.packetId(), 0);
        if (suback.reasons().getFirst().isError()) {
            answered.span.ends(sim.step());
            state.active.remove(answered.span.filter, answered.span);
        } else {
            answered.span.certainFrom = Math.min(answered.span.certainFrom, sim.step());
        }
    }

    private void onUnsuback(Unsuback unsuback) {
        Asked answered = asked.remove(unsuback.packetId());
        if (answered == null || !answered.ends) {
            throw new Violation(client.id + " got UNSUBACK " + unsuback.packetId() + " for nothing");
        }
        sim.transcript().note(client.id, "gets UNSUBACK", unsuback.packetId(), 0);
        if (state.active.remove(answered.span.filter, answered.span)) {
            answered.span.over(sim.step());
        }
    }
}
