package io.dunlin.broker.routing;

import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of one session, as granted. Immutable but for {@link #inPart}: a new SUBSCRIBE for the same filter makes a new one.
 */
public final class Subscription {
    private static final int[] NO_IDS = {};

    private final Subscriber subscriber;
    private final TopicFilter filter;
    private final SubscriptionRequest options;
    private final int id;
    private final Recipient recipient;
    private volatile boolean inPart;

    /**
     * @param options with the granted QoS in place of the one asked for
     * @param id the subscription identifier, 0 for none
     */
    public Subscription(Subscriber subscriber, TopicFilter filter, SubscriptionRequest options, int id) {
        this.subscriber = subscriber;
        this.filter = filter;
        this.options = options;
        this.id = id;
        this.recipient = new Recipient(
                subscriber,
                options.maxQos(),
                options.retainAsPublished(),
                id == 0 ? NO_IDS : new int[] {id},
                options.noLocal(),
                null);
    }

    public Subscriber subscriber() {
        return subscriber;
    }

    public TopicFilter filter() {
        return filter;
    }

    public SubscriptionRequest options() {
        return options;
    }

    public QoS qos() {
        return options.maxQos();
    }

    /** Whether the filter matches messages that the subscriber may not receive. Thread: any. */
    public boolean isInPart() {
        return inPart;
    }

    /** Rights have changed. Thread: the subscriber's shard. */
    public void inPart(boolean now) {
        inPart = now;
    }

    public boolean noLocal() {
        return options.noLocal();
    }

    public RetainHandling retainHandling() {
        return options.retainHandling();
    }

    /** The subscription identifier, 0 for none. */
    public int id() {
        return id;
    }

    /** The delivery where this is the subscriber's only matching subscription. */
    public Recipient recipient() {
        return recipient;
    }

    /** Both subscriptions in one delivery; either may be null for nothing. */
    static @Nullable Recipient merge(@Nullable Recipient a, @Nullable Recipient b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        int[] ids = new int[a.subscriptionIds().length + b.subscriptionIds().length];
        System.arraycopy(a.subscriptionIds(), 0, ids, 0, a.subscriptionIds().length);
        System.arraycopy(b.subscriptionIds(), 0, ids, a.subscriptionIds().length, b.subscriptionIds().length);
        boolean ownDiffers = a.ownDiffers() || b.ownDiffers();
        Recipient own = ownDiffers ? merge(ownOf(a), ownOf(b)) : null;
        return new Recipient(
                a.subscriber(),
                a.qos().compareTo(b.qos()) >= 0 ? a.qos() : b.qos(),
                a.retainAsPublished() || b.retainAsPublished(),
                ids,
                ownDiffers,
                own);
    }

    private static @Nullable Recipient ownOf(Recipient recipient) {
        return recipient.ownDiffers() ? recipient.own() : recipient;
    }
}
