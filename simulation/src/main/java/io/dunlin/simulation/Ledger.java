package io.dunlin.simulation;

import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was promised to whom, and what came of it. What a delivery breaks is found when it comes; what never came is found when
 * the ledger is balanced, after all clients have been back.
 */
final class Ledger {
    /** Between the end of a message's life and its last arrival: a slow network, a client that does not read. */
    private static final long EXPIRY_SLACK_NANOS = 8_000_000_000L;

    private final Simulation sim;
    private final Topics topics = new Topics();
    private final List<Letter> letters = new ArrayList<>();
    private final List<WillWatch> wills = new ArrayList<>();
    private final List<Integer> retainedTopics = new ArrayList<>();
    private final Receipts group = new Receipts();
    private int deliveries;

    Ledger(Simulation sim) {
        this.sim = sim;
    }

    Topics topics() {
        return topics;
    }

    int letters() {
        return letters.size();
    }

    int deliveries() {
        return deliveries;
    }

    Letter letter(Client publisher, String topic, QoS qos, boolean retain, int expirySeconds, int bytes) {
        int number = topics.number(topic);
        Letter letter = new Letter(letters.size(), publisher.index, number, qos, retain, expirySeconds, bytes, false);
        letters.add(letter);
        if (retain && !retainedTopics.contains(number)) {
            retainedTopics.add(number);
        }
        return letter;
    }

    Letter will(Client client, Line line, QoS qos, int delaySeconds) {
        Letter letter =
                new Letter(letters.size(), client.index, topics.number("w/" + client.index), qos, false, 0, 20, true);
        letters.add(letter);
        WillWatch watch = new WillWatch(sim, letter, client, line, delaySeconds);
        wills.add(watch);
        client.nextWill(watch);
        return letter;
    }

    /** PUBACK or PUBREC came for it. */
    void answered(Letter letter, ReasonCode reason) {
        if (reason.isError()) {
            letter.refused = true;
        } else if (!letter.isAcknowledged()) {
            letter.ackedStep = sim.step();
        }
    }

    // ---- deliveries

    void delivered(Client client, Publish publish, int number) {
        deliveries++;
        if (publish.payload().length == 0 && publish.topic().text().startsWith("r/")) {
            return; // it takes away what is retained, and says no number
        }
        sim.transcript()
                .note(client.id, publish.retain() ? "gets what is retained" : "gets", number, publish.packetId());
        if (number < 0 || number >= letters.size()) {
            throw new Violation(client.id + " got a message that nobody has sent, on topic " + publish.topic());
        }
        Letter letter = letters.get(number);
        if (!Arrays.equals(letter.payload, publish.payload())
                || !publish.topic().equals(topics.name(letter.topic))) {
            throw new Violation(client.id + " got " + letter + " changed on its way");
        }
        checkWanted(client, letter, publish);
        checkExpiry(client, letter, publish);
        if (publish.retain()) {
            client.receipts.retained.put(letter.topic, number);
            return;
        }
        boolean shared = client.kind == Client.Kind.MEMBER;
        int times = client.receipts.received(number);
        if (publish.qos() == QoS.EXACTLY_ONCE && !letter.isWill) {
            int once = client.receipts.receivedExactlyOnce(number, client.state.epoch);
            if (once > 1) {
                throw new Violation(client.id + " got " + letter + " at QoS 2 and not exactly once");
            }
        }
        if (shared) {
            group.received(number);
        } else if (letter.isWill) {
            wills.stream()
                    .filter(will -> will.letter == letter)
                    .forEach(will -> will.delivered(publish.dup() ? 1 : times));
        } else if (times == 1
                && letter.expirySeconds == 0
                && letter.qos != QoS.AT_MOST_ONCE
                && publish.qos() != QoS.AT_MOST_ONCE) {
            int before = client.receipts.after(letter, publish.qos());
            if (before > number
                    && wasSubscribed(client, letter)
                    && !sim.host().hasDropped()
                    && !sim.host().hasRefused()) {
                throw new Violation(client.id + " got " + letter + " for the first time after message " + before
                        + " of the same publisher on the same topic at the same QoS");
            }
        }
    }

    /** Before the message was sent the first time, so that a resend of it cannot be the first that comes by. */
    private boolean wasSubscribed(Client client, Letter letter) {
        return client.state.spans.stream()
                .anyMatch(span -> span.epoch == client.state.epoch
                        && span.qos != QoS.AT_MOST_ONCE
                        && span.certainFrom < letter.sentStep
                        && span.certainUntil == Span.NEVER
                        && span.matches(topics, letter.topic));
    }

    private void checkWanted(Client client, Letter letter, Publish publish) {
        long sent = letter.sentStep;
        for (Span span : client.state.spans) {
            boolean inTime = publish.retain() || sent <= span.possibleUntil;
            if (inTime
                    && span.possibleFrom <= sim.step()
                    && (span.epoch == client.state.epoch || span.possibleUntil > sim.step())
                    && publish.qos().compareTo(span.qos) <= 0
                    && publish.qos().compareTo(letter.qos) <= 0
                    && span.matches(topics, letter.topic)) {
                return;
            }
        }
        throw new Violation(client.id + " got " + letter + " at QoS "
                + publish.qos().value() + " without a subscription that asks for it");
    }

    private void checkExpiry(Client client, Letter letter, Publish publish) {
        if (letter.expirySeconds == 0) {
            return;
        }
        long ends = letter.sentNanos + letter.expirySeconds * 1_000_000_000L;
        if (!publish.dup() && sim.now() > ends + EXPIRY_SLACK_NANOS) {
            throw new Violation(client.id + " got " + letter + " " + (sim.now() - ends) / 1_000_000_000L
                    + " s after it had expired");
        }
        long told = publish.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        if (client.isV5() && (told < 0 || told > letter.expirySeconds)) {
            throw new Violation(client.id + " got " + letter + " with an expiry of " + told + " s; it was sent with "
                    + letter.expirySeconds);
        }
    }

    // ---- the end

    /** All clients have been back for a while: what did not come by now never comes. */
    void balance(List<Client> clients) {
        for (Client client : clients) {
            if (!client.isOnline()) {
                throw new Violation(client.id + " could not come back");
            }
            if (!client.state.outbound.isEmpty()) {
                throw new Violation(
                        client.id + " never got an answer for its packets " + client.state.outbound.keySet());
            }
            if (!client.state.inbound.isEmpty()) {
                throw new Violation(client.id + " never got PUBREL for " + client.state.inbound);
            }
        }
        if (!sim.host().hasDropped()) { // else the limits took what is missing
            clients.forEach(this::balance);
            balanceGroup(clients);
            for (WillWatch will : wills) {
                clients.forEach(will::balance);
            }
        }
        balanceRetained(clients.getLast());
    }

    private void balance(Client client) {
        if (client.kind == Client.Kind.MEMBER) {
            return;
        }
        for (Span span : client.state.spans) {
            if (span.epoch != client.state.epoch || span.qos == QoS.AT_MOST_ONCE) {
                continue;
            }
            for (Letter letter : letters) {
                if (isOwed(span, letter) && !client.receipts.has(letter.number)) {
                    throw new Violation(client.id + " never got " + letter
                            + ", which was acknowledged to its publisher;" + " subscribed with " + span.filter);
                }
            }
        }
    }

    private boolean isOwed(Span span, Letter letter) {
        return letter.isAcknowledged()
                && !letter.isWill
                && !letter.isRemoval()
                && letter.expirySeconds == 0
                && letter.qos != QoS.AT_MOST_ONCE
                && span.certainFrom < letter.sentStep
                && span.certainUntil > letter.ackedStep
                && span.matches(topics, letter.topic);
    }

    private void balanceGroup(List<Client> clients) {
        long from = 0;
        boolean any = false;
        for (Client client : clients) {
            if (client.kind == Client.Kind.MEMBER) {
                any = true;
                for (Span span : client.state.spans) {
                    if (span.epoch == client.state.epoch) {
                        from = Math.max(from, span.certainFrom);
                    }
                }
            }
        }
        for (Letter letter : letters) {
            if (any
                    && letter.isAcknowledged()
                    && letter.expirySeconds == 0
                    && letter.sentStep > from
                    && topics.name(letter.topic).text().startsWith("s/")
                    && !group.has(letter.number)) {
                throw new Violation("no member of the shared group ever got " + letter + ", which was acknowledged");
            }
        }
    }

    private void balanceRetained(Client checker) {
        for (int topic : retainedTopics) {
            Letter last = null; // the last that was acknowledged
            for (Letter letter : letters) {
                if (letter.topic == topic && letter.isAcknowledged() && !letter.refused) {
                    last = letter;
                }
            }
            Integer found = checker.receipts.retained.get(topic);
            boolean right = false;
            for (Letter letter : letters) {
                boolean there = found == null ? letter.isRemoval() || letter.expirySeconds > 0 : letter.number == found;
                right |= letter.topic == topic && there && mayBeRetained(letter, last);
            }
            if (!right && (found != null || last != null)) {
                throw new Violation((found == null ? "nothing" : letters.get(found)) + " is retained on "
                        + topics.name(topic).text() + "; " + last + " was acknowledged last");
            }
        }
    }

    // A QoS 1 message that is sent again counts as new, one of QoS 2 does not: so an older one may come to lie on top.
    private static boolean mayBeRetained(Letter letter, @Nullable Letter last) {
        return last == null || letter.number >= last.number || letter.lastSentStep > last.sentStep;
    }
}
