package io.dunlin.cli.bench;

import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Delivery;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Connects many clients one after the other, and closes them together. */
final class Clients {
    private final BenchPlan plan;
    private final Meter connections;
    private final BooleanSupplier stopped;
    private final List<MqttClient> all = new ArrayList<>();

    Clients(BenchPlan plan, Meter connections, BooleanSupplier stopped) {
        this.plan = plan;
        this.connections = connections;
        this.stopped = stopped;
    }

    /**
     * Connects so many at the plan's pace and waits until each has its answer.
     *
     * @param subscriber whether each subscribes to its topic
     * @param handler gets their messages, on the threads of the connections
     * @return those that are connected, by their number; the others failed and are counted
     */
    List<MqttClient> connect(int count, boolean subscriber, Consumer<Delivery> handler) {
        List<MqttClient> connected = new ArrayList<>();
        long start = System.nanoTime();
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count && !stopped.getAsBoolean(); i++) {
                long intended = start + i * plan.intervalNanos();
                awaitTime(intended);
                MqttClient client = client(i, subscriber, handler);
                all.add(client);
                connected.add(client);
                String filter = plan.topicOf(i);
                starters.execute(() -> open(client, subscriber, filter, intended));
            }
        }
        return connected;
    }

    private MqttClient client(int number, boolean subscriber, Consumer<Delivery> handler) {
        ClientBuilder builder = plan.connect()
                .client()
                .clientId(plan.clientIdOf(number, subscriber))
                .inFlightMax(plan.connect().version().hasProperties() ? 65_534 : plan.window())
                .executor(Runnable::run)
                .onMessage(handler);
        if (!plan.username().isEmpty()) {
            builder.username(plan.username().replace("%i", Integer.toString(number)));
        }
        return builder.build();
    }

    private void open(MqttClient client, boolean subscriber, String filter, long intended) {
        try {
            client.connect();
            connections.done(System.nanoTime() - intended);
            if (subscriber
                    && !client.subscribe(List.of(Subscription.of(filter).withQos(plan.qos())), Properties.NONE)
                            .isAccepted()) {
                connections.failed(new IllegalStateException("The broker refused the subscription to " + filter + "."));
            }
        } catch (MqttException e) {
            connections.failed(e);
        }
    }

    static void awaitTime(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            if (left > 60_000) {
                LockSupport.parkNanos(left - 50_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Disconnects all at once. */
    void close() {
        try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (MqttClient client : all) {
                closers.execute(() -> client.disconnect(ReasonCode.SUCCESS, Properties.NONE));
            }
        }
    }
}
