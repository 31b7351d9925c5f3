package io.dunlin.simulation;

import java.util.ArrayList;
import java.util.List;

/** What a client may expect of the session present flag (MQTT 5, section 3.2.2.1.1). */
final class Presence {
    /** Between the moment at which the broker starts its watch and the one that the client sees. */
    private static final long SLACK_NANOS = 2_500_000_000L;

    private final Simulation sim;
    private final long expiryNanos;
    private final List<Line> lines = new ArrayList<>(); // since the last CONNACK, that one included

    Presence(Simulation sim, long expirySeconds) {
        this.sim = sim;
        this.expiryNanos = expirySeconds * 1_000_000_000L;
    }

    void connecting(Line line, boolean clean) {
        if (clean) {
            lines.clear();
        }
        lines.add(line);
    }

    /** Whether an attempt that was not answered may have begun a new session in place of one that had ended. */
    boolean isDoubtful() {
        return lines.size() > 1 && !mustBePresent(lines);
    }

    /** A clean start was answered. */
    void judgeClean() {
        Line current = lines.getLast();
        lines.clear();
        lines.add(current);
    }

    /** Judges the flag of a CONNACK that came on the last line without a clean start. */
    void judge(String client, boolean present) {
        Line current = lines.getLast();
        List<Line> earlier = lines.subList(0, lines.size() - 1);
        if (present && !mayBePresent(current, earlier)) {
            throw new Violation(
                    client + " was told that its session is present, and it had none or it expired long ago");
        }
        if (!present && mustBePresent(earlier)) {
            throw new Violation(client + " lost its session: the broker says that there is none");
        }
        lines.clear();
        lines.add(current);
    }

    private boolean mayBePresent(Line current, List<Line> earlier) {
        for (Line line : earlier) {
            if (line.expires) {
                long ended = line.serverEndedAt();
                if (ended == Long.MAX_VALUE
                        || current.connectSentAt < sim.host().latestEnd(ended) + expiryNanos + SLACK_NANOS) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean mustBePresent(List<Line> earlier) {
        if (earlier.isEmpty()) {
            return false;
        }
        Line established = earlier.getFirst();
        if (!established.connackSeen || !established.expires) {
            return false;
        }
        for (Line line : earlier) {
            if (!line.expires) {
                return false;
            }
        }
        long ended = established.serverEndedAt();
        return ended == Long.MAX_VALUE || sim.now() < ended + expiryNanos - SLACK_NANOS;
    }
}
