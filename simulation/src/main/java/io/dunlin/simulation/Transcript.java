package io.dunlin.simulation;

import java.util.ArrayDeque;
import java.util.List;

/**
 * What happened in a run: always as a hash, so that two runs can be compared, and as text where somebody wants to read it.
 * Making the text costs more than the run itself, so a run that fails is simply run again for it.
 */
final class Transcript {
    private final int linesMax;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 0xCBF2_9CE4_8422_2325L;
    private long now;

    /** @param linesMax how many of the last lines are kept; 0 for none */
    Transcript(int linesMax) {
        this.linesMax = linesMax;
    }

    void now(long nanos) {
        now = nanos;
    }

    /** The two numbers mean what the verb says. */
    void note(String who, String verb, long first, long second) {
        mix(now);
        mix(who.hashCode());
        mix(verb.hashCode());
        mix(first);
        mix(second);
        if (linesMax > 0) {
            if (lines.size() == linesMax) {
                lines.remove();
            }
            lines.add(String.format("%9.4f s  %-10s %s %d %d", now / 1e9, who, verb, first, second));
        }
    }

    private void mix(long value) {
        hash = Long.rotateLeft((hash ^ value) * 0x9E37_79B9_7F4A_7C15L, 23);
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
