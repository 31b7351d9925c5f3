package io.dunlin.broker.port;

import io.dunlin.protocol.packet.QoS;
import java.util.concurrent.CompletionStage;

/**
 * Says who may do what. The core remembers verdicts for each client and topic, and asks again once {@link #generation} has changed or a
 * verdict has run out. Called on any shard: must not block.
 */
public interface Authorizer {
    /**
     * Says whether a client may do this.
     *
     * @param topic a topic name for PUBLISH and RECEIVE, a filter without its share name for SUBSCRIBE
     */
    Answer authorize(Principal principal, Action action, String topic);

    /** Changes whenever an earlier verdict may be another one now. Read for each message: a volatile read at most. Thread: any. */
    long generation();

    /** Whether everything is allowed to everybody at this moment, so that nobody need be asked. As cheap as {@link #generation}. */
    boolean allowsAll();

    /** What a client wants to do. The constants are all there are, so that asking makes no objects. */
    enum Action {
        PUBLISH_0(Kind.PUBLISH, QoS.AT_MOST_ONCE, false),
        PUBLISH_1(Kind.PUBLISH, QoS.AT_LEAST_ONCE, false),
        PUBLISH_2(Kind.PUBLISH, QoS.EXACTLY_ONCE, false),
        PUBLISH_0_RETAINED(Kind.PUBLISH, QoS.AT_MOST_ONCE, true),
        PUBLISH_1_RETAINED(Kind.PUBLISH, QoS.AT_LEAST_ONCE, true),
        PUBLISH_2_RETAINED(Kind.PUBLISH, QoS.EXACTLY_ONCE, true),
        SUBSCRIBE_0(Kind.SUBSCRIBE, QoS.AT_MOST_ONCE, false),
        SUBSCRIBE_1(Kind.SUBSCRIBE, QoS.AT_LEAST_ONCE, false),
        SUBSCRIBE_2(Kind.SUBSCRIBE, QoS.EXACTLY_ONCE, false),
        /** A message of this topic is about to be sent to the client. */
        RECEIVE(Kind.RECEIVE, QoS.AT_MOST_ONCE, false);

        private static final Action[] BY_ORDINAL = values();

        private final Kind kind;
        private final QoS qos;
        private final boolean retain;

        Action(Kind kind, QoS qos, boolean retain) {
            this.kind = kind;
            this.qos = qos;
            this.retain = retain;
        }

        public static Action publish(QoS qos, boolean retain) {
            return BY_ORDINAL[qos.value() + (retain ? 3 : 0)];
        }

        public static Action subscribe(QoS qos) {
            return BY_ORDINAL[SUBSCRIBE_0.ordinal() + qos.value()];
        }

        public Kind kind() {
            return kind;
        }

        /** Of the message, or the highest that the subscription asks for; says nothing for RECEIVE. */
        public QoS qos() {
            return qos;
        }

        /** Whether the message is to be retained. */
        public boolean retain() {
            return retain;
        }
    }

    /** The three things that are asked about. */
    enum Kind {
        /** Also a will, when it is published. */
        PUBLISH,
        SUBSCRIBE,
        RECEIVE
    }

    /** What came of asking. */
    sealed interface Answer {}

    /**
     * A decision.
     *
     * @param whole only of an allowed SUBSCRIBE: whether the client may receive every message that the filter matches, so that RECEIVE
     *     need not be asked for them
     * @param goodUntilNanos the time of the broker's {@link Clock#nanos} from which it must be asked again; {@link #FOREVER} where it
     *     holds until {@link #generation} changes
     */
    record Verdict(boolean allowed, boolean whole, long goodUntilNanos) implements Answer {
        public static final long FOREVER = Long.MAX_VALUE;
        public static final Verdict ALLOWED = new Verdict(true, true, FOREVER);
        /** SUBSCRIBE only: allowed, but each message has to be asked about. */
        public static final Verdict ALLOWED_IN_PART = new Verdict(true, false, FOREVER);

        public static final Verdict DENIED = new Verdict(false, false, FOREVER);
    }

    /** Somebody else is being asked; while the stage is open, this client waits. An exceptional stage denies. */
    record Pending(CompletionStage<Verdict> verdict) implements Answer {}

    /** Allows everything. */
    static Authorizer allowAll() {
        return new Authorizer() {
            @Override
            public Answer authorize(Principal principal, Action action, String topic) {
                return Verdict.ALLOWED;
            }

            @Override
            public long generation() {
                return 0;
            }

            @Override
            public boolean allowsAll() {
                return true;
            }
        };
    }
}
