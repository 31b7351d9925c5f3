package io.dunlin.broker.port;

import io.dunlin.protocol.packet.QoS;

/**
 * A message in a session's queue, in the eight bytes of a long: the journal position of its body and how this session is to get
 * it. Subscription identifiers are rare: the body's record has them, by client id, where {@link #hasSubscriptionIds} says so.
 */
public final class Reference {
    private static final int FLAG_BITS = 4;
    private static final long EXACTLY_ONCE = 1;
    private static final long RETAIN = 2;
    private static final long SUBSCRIPTION_IDS = 4;

    private Reference() {}

    /** @param qos 1 or 2 */
    public static long of(long position, QoS qos, boolean retain, boolean subscriptionIds) {
        return position << FLAG_BITS
                | (qos == QoS.EXACTLY_ONCE ? EXACTLY_ONCE : 0)
                | (retain ? RETAIN : 0)
                | (subscriptionIds ? SUBSCRIPTION_IDS : 0);
    }

    public static long of(long position, JournalRecord.Share share) {
        return of(position, share.qos(), share.retain(), share.subscriptionIds().length > 0);
    }

    public static long position(long reference) {
        return reference >>> FLAG_BITS;
    }

    public static QoS qos(long reference) {
        return (reference & EXACTLY_ONCE) != 0 ? QoS.EXACTLY_ONCE : QoS.AT_LEAST_ONCE;
    }

    public static boolean retain(long reference) {
        return (reference & RETAIN) != 0;
    }

    public static boolean hasSubscriptionIds(long reference) {
        return (reference & SUBSCRIPTION_IDS) != 0;
    }
}
