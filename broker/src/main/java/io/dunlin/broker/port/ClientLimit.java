package io.dunlin.broker.port;

import io.dunlin.broker.port.Counters.Counter;
import java.util.Locale;

/** What one client can run into, each with a counter. */
public enum ClientLimit {
    PACKET_SIZE(Counter.PACKETS_TOO_LARGE),
    /** User properties or filters in one packet. */
    PACKET_ITEMS(Counter.PACKET_ITEMS_REFUSED),
    /** Packets that have come in part. */
    PARTIAL_PACKETS(Counter.PARTIAL_PACKETS_SHED),
    SUBSCRIPTIONS(Counter.SUBSCRIPTIONS_REFUSED),
    WILDCARD_DEPTH(Counter.WILDCARD_DEPTH_REFUSED),
    TOPIC_LEVELS(Counter.TOPIC_LEVELS_REFUSED),
    WILLS(Counter.WILLS_REFUSED),
    RETAINED_MESSAGES(Counter.RETAINED_REFUSED),
    PUBLISH_RATE(Counter.PUBLISH_RATE_PAUSED);

    private final Counter counter;

    ClientLimit(Counter counter) {
        this.counter = counter;
    }

    public Counter counter() {
        return counter;
    }

    /** As log lines and figures have it: {@code wildcard-depth}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
