package io.dunlin.client;

import java.util.List;

/** What the server answered when the client subscribed again by itself; a filter that it refused is given up. */
public record Resubscribed(List<Subscription> subscriptions, SubscribeResult result) {
    public Resubscribed {
        subscriptions = List.copyOf(subscriptions);
    }
}
