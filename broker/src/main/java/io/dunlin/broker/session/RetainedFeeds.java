package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.protocol.packet.QoS;
import java.util.ArrayDeque;

/**
 * The retained messages that a session's new subscriptions bring, page by page: a page is taken only when the client has room,
 * and others get their turn between two pages. Thread: the shard.
 */
final class RetainedFeeds {
    private static final int PAGE_MESSAGES = 64;

    private final Session session;
    private final Outgoing outgoing;
    private final ArrayDeque<Feed> feeds = new ArrayDeque<>();
    private boolean nextAsked;
    private boolean feeding;

    RetainedFeeds(Session session, Outgoing outgoing) {
        this.session = session;
        this.outgoing = outgoing;
    }

    void add(RetainedStore.Cursor messages, Subscription subscription) {
        feeds.add(new Feed(messages, subscription));
        later();
    }

    void remove(Subscription subscription) {
        feeds.removeIf(feed -> feed.subscription == subscription);
    }

    /** Takes the next page, if there is room. */
    void next() {
        Feed feed = feeds.peek();
        if (feed == null || feeding || !outgoing.hasRoom()) {
            return;
        }
        feeding = true;
        boolean more;
        try {
            more = feed.messages.next(
                    PAGE_MESSAGES, session.shard().nanos(), message -> offer(message, feed.subscription));
        } finally {
            feeding = false;
        }
        if (!more) {
            feeds.remove(feed);
        }
        if (feeds.isEmpty()) {
            outgoing.feedsDone();
        } else {
            later();
        }
    }

    // After this tick's flush: if the socket is still busy then, its draining brings the next page.
    private void later() {
        if (!nextAsked) {
            nextAsked = true;
            session.shard()
                    .executor()
                    .atTickEnd(() -> session.shard().execute("retained messages", () -> {
                        nextAsked = false;
                        next();
                    }));
        }
    }

    private void offer(Message message, Subscription subscription) {
        if (session.isEnded()) { // a full queue may end it in the middle of a page
            return;
        }
        if (subscription.noLocal() && message.publisher().equals(session.clientId())) {
            return;
        }
        QoS qos = message.qos().atMost(subscription.qos());
        int[] subscriptionIds = subscription.recipient().subscriptionIds();
        long position = qos != QoS.AT_MOST_ONCE && session.isDurable()
                ? outgoing.journal(message, qos, true, subscriptionIds)
                : Journal.NOTHING;
        outgoing.offer(message, qos, true, subscriptionIds, null, position); // [MQTT311-3.3.1-8]
    }

    private record Feed(RetainedStore.Cursor messages, Subscription subscription) {}
}
