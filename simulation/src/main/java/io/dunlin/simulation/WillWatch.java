package io.dunlin.simulation;

import io.dunlin.protocol.packet.QoS;

/** One will: when it has to come, and when it must not. */
final class WillWatch {
    private static final long SLACK_NANOS = 3_000_000_000L;

    final Letter letter;
    private final Simulation sim;
    private final Client client;
    private final Line line;
    private final long delayNanos; // as the broker has to see it
    private long nextConnectAt = Long.MAX_VALUE;
    private boolean delivered;

    WillWatch(Simulation sim, Letter letter, Client client, Line line, int delaySeconds) {
        this.sim = sim;
        this.letter = letter;
        letter.sentStep = sim.step();
        this.client = client;
        this.line = line;
        this.delayNanos = 1_000_000_000L * (client.isV5() ? Math.min(delaySeconds, client.expirySeconds()) : 0);
    }

    /** The client comes again, and the will with it is another one. */
    void replaced() {
        nextConnectAt = Math.min(nextConnectAt, sim.now());
    }

    /** @param times how often that subscriber has it now */
    void delivered(int times) {
        delivered = true;
        long ended = line.serverEndedAt();
        boolean crashed = sim.host().hasCrashed(line.connectSentAt, sim.now());
        if (ended == Long.MAX_VALUE && !crashed) {
            throw new Violation(letter + " came while " + client.id + " was connected");
        }
        if (!crashed && times > 1) {
            throw new Violation(letter + " came " + times + " times");
        }
        boolean begunAnew = nextConnectAt != Long.MAX_VALUE; // which may have ended the session, and so the delay
        if (!begunAnew && !crashed && sim.now() < ended + delayNanos) {
            throw new Violation(letter + " came before its delay of " + delayNanos / 1_000_000_000L + " s was over");
        }
        if (!crashed && line.disconnectArrived() && ended < nextConnectAt) {
            throw new Violation(letter + " came although " + client.id + " had left with DISCONNECT");
        }
    }

    /** Whether a subscriber should have it by now. */
    void balance(Client subscriber) {
        if (delivered || letter.qos == QoS.AT_MOST_ONCE || !line.connackSeen || line.disconnectSent) {
            return;
        }
        long ended = line.serverEndedAt();
        boolean lastsOverCrashes = line.expires;
        if (ended == Long.MAX_VALUE || !lastsOverCrashes && sim.host().hasCrashed(ended, ended + sim.lazyNanos())) {
            return;
        }
        long due = sim.host().latestEnd(ended) + delayNanos + SLACK_NANOS;
        if (due > sim.now() || delayNanos > 0 && nextConnectAt < due || line.endedByCrash() && nextConnectAt < due) {
            return;
        }
        for (Span span : subscriber.state.spans) {
            if (span.epoch == subscriber.state.epoch
                    && span.qos != QoS.AT_MOST_ONCE
                    && span.certainFrom < letter.sentStep
                    && span.certainUntil == Span.NEVER
                    && span.matches(sim.ledger().topics(), letter.topic)) {
                throw new Violation(letter + " never came to " + subscriber.id + "; the connection of " + client.id
                        + " ended without DISCONNECT at " + ended / 1_000_000 + " ms");
            }
        }
    }
}
