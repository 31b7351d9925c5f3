package io.dunlin.broker.shard;

/**
 * What the recorder tells apart. Those of a lane share its places and its budget, so that much of one kind does not drive out what is
 * rare.
 */
public enum Happening {
    /** A client was let in. */
    CONNECTED(Lane.LIFE),
    /** Its connection has ended, for the reason given. */
    DISCONNECTED(Lane.LIFE),
    /** A connection was not let in, for the reason given. */
    CONNECT_REFUSED(Lane.STRANGERS),
    /** Its session is over, with all that waited in it. */
    SESSION_ENDED(Lane.LIFE),
    /** To the filter that stands in the place of the topic. */
    SUBSCRIBED(Lane.LIFE),
    /** From the filter that stands in the place of the topic. */
    UNSUBSCRIBED(Lane.LIFE),
    /** The filter stands in the place of the topic. */
    SUBSCRIBE_REFUSED(Lane.LIFE),
    /** It ran into a limit. */
    LIMITED(Lane.STRANGERS),

    /** Its message was not taken: it may not publish there. */
    PUBLISH_DENIED(Lane.REFUSED),
    /** Its message was not taken for another reason, which is given. */
    PUBLISH_REFUSED(Lane.REFUSED),

    /** Its message was taken, and there was somebody to have it. */
    PUBLISHED(Lane.PUBLISHED),
    /** Its message was taken, and no subscription matched. */
    NOBODY(Lane.PUBLISHED),
    /** A shared group, given with its filter, chose this member. */
    GROUP_CHOSE(Lane.PUBLISHED),

    /** A message was not sent: the client may not receive it. */
    RECEIVE_DENIED(Lane.LOST),
    /** A message was not sent: its time had run out. */
    EXPIRED(Lane.LOST),
    /** A message was not sent: it is the client's own, and the subscription has No Local. */
    NO_LOCAL(Lane.LOST),
    /** A message was dropped because the queue was full. */
    QUEUE_FULL(Lane.LOST),
    /** A message of QoS 0 was dropped because the client reads too slowly. */
    SOCKET_FULL(Lane.LOST),
    /** A message was not sent: its packet would be larger than the client takes. */
    TOO_LARGE(Lane.LOST),
    /** A message of QoS 0 was dropped: the client had no connection. */
    AWAY(Lane.LOST),

    /** Written to the connection. */
    SENT(Lane.DELIVERED),
    /** Waits for the client to take it. */
    QUEUED(Lane.DELIVERED);

    private final Lane lane;

    Happening(Lane lane) {
        this.lane = lane;
    }

    public Lane lane() {
        return lane;
    }

    /** Whether it happened to a message, and not to the client alone. */
    public boolean isOfAMessage() {
        return lane != Lane.LIFE && lane != Lane.STRANGERS;
    }

    /** Places of their own, and how many each second fill them before only some are kept. */
    public enum Lane {
        LIFE(16_384, 2_000),
        /** Anybody can bring these about, as often as he likes. */
        STRANGERS(4_096, 500),
        REFUSED(4_096, 500),
        PUBLISHED(32_768, 2_000),
        LOST(16_384, 1_000),
        DELIVERED(32_768, 2_000);

        final int places;
        final int perSecond;

        Lane(int places, int perSecond) {
            this.places = places;
            this.perSecond = perSecond;
        }
    }
}
