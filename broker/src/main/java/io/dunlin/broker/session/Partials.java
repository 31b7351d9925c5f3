package io.dunlin.broker.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The packets of one shard that have come in part, and what they take in memory. Where that is too much, one goes that is no smaller
 * than most and has got nothing for longest: who sends keeps going, who has stopped in the middle of a large packet does not stay at
 * the expense of others. Thread: the shard.
 */
final class Partials {
    private final Map<Link, Integer> bytesOf = new LinkedHashMap<>(); // fed longest ago first
    private long bytes;

    /** The link has got something, and its part of a packet takes so much now. */
    void fed(Link link, int bytesNow) {
        gone(link);
        bytesOf.put(link, bytesNow);
        bytes += bytesNow;
    }

    /** It waits for no packet any more. */
    void gone(Link link) {
        Integer before = bytesOf.remove(link);
        bytes -= before == null ? 0 : before;
    }

    long bytes() {
        return bytes;
    }

    /** Who goes first, null where nobody waits. */
    @Nullable
    Link weakest() {
        long average = bytesOf.isEmpty() ? 0 : bytes / bytesOf.size();
        for (Map.Entry<Link, Integer> each : bytesOf.entrySet()) {
            if (each.getValue() >= average) {
                return each.getKey();
            }
        }
        return null;
    }
}
