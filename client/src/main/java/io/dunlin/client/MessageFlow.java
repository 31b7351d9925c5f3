package io.dunlin.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The messages of one filter as a {@link Flow.Publisher}: nothing is subscribed before there is a subscriber, and there is one
 * at a time (1.11). Numbers like 1.3 in this class are those of the rules of Reactive Streams.
 */
final class MessageFlow implements Flow.Publisher<Delivery> {
    private final MqttClient client;
    private final Subscription subscription;
    private final int capacity;
    private final Executor executor;
    private final AtomicReference<FlowSubscription> active = new AtomicReference<>();

    MessageFlow(MqttClient client, Subscription subscription, int capacity, Executor executor) {
        if (capacity < 1) {
            throw new IllegalArgumentException("A flow must have room for 1 message at least.");
        }
        this.client = client;
        this.subscription = subscription;
        this.capacity = capacity;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Delivery> subscriber) { // 1.9
        FlowSubscription started = new FlowSubscription(subscriber, capacity, executor, this::ended);
        if (!active.compareAndSet(null, started)) {
            started.start(() -> started.fail(
                    new IllegalStateException("The flow of " + subscription.filter() + " has a subscriber already.")));
            return;
        }
        started.start(() -> {
            client.receivers().add(started, started::complete);
            Route route = client.place(subscription, started::put);
            CompletableFuture<SubscribeResult> asked = client.subscribeAsync(subscription, route);
            started.route(route); // from now on its end lets the route go
            asked.whenComplete((answer, failure) -> {
                if (started.hasEnded()) { // while the request was on its way
                    client.forget(started, route);
                } else if (failure != null) {
                    started.fail(Futures.cause(failure));
                } else if (!answer.isAccepted()) {
                    started.fail(MessageQueue.refused(subscription.filter(), answer));
                }
            });
        });
    }

    private void ended(FlowSubscription ended) {
        if (active.compareAndSet(ended, null) && ended.hasFetched()) {
            client.forget(ended, ended.route());
        }
    }
}
