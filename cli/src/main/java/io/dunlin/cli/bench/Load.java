package io.dunlin.cli.bench;

import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.PublishResult;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Publishes: at a rate, or as fast as the windows of the clients allow. */
final class Load {
    /** With a rate: what may be under way at all; then the sending waits, and the latencies tell of it. */
    private static final int UNDER_WAY_MAX = 100_000;

    private static final long DRAIN_SECONDS_MAX = 10;

    private final BenchPlan plan;
    private final Properties properties;
    private final Meter published;
    private final LongAdder sent = new LongAdder();
    private final BooleanSupplier stopped;
    private final List<Message> messages = new ArrayList<>();

    Load(BenchPlan plan, Properties properties, int publishers, Meter published, BooleanSupplier stopped) {
        this.plan = plan;
        this.properties = properties;
        this.published = published;
        this.stopped = stopped;
        for (int i = 0; i < publishers; i++) {
            TopicName topic = ConnectArgs.topicName("-t", plan.topicOf(i));
            messages.add(new Message(topic, plan.payload(), plan.qos(), plan.retain(), this.properties));
        }
    }

    /** How many were handed to the clients. */
    long sent() {
        return sent.sum();
    }

    void forgetSent() {
        sent.reset();
    }

    /** The topic of a publisher. */
    TopicName topic(int publisher) {
        return messages.get(publisher).topic();
    }

    /** Until the plan's number or time is reached; then waits for what is under way. */
    void run(List<MqttClient> clients, long endNanos) {
        if (plan.rate() > 0) {
            paced(clients, endNanos);
        } else {
            windowed(clients, endNanos);
        }
    }

    private void paced(List<MqttClient> clients, long endNanos) {
        Semaphore room = new Semaphore(UNDER_WAY_MAX);
        long start = System.nanoTime();
        double nanosEach = TimeUnit.SECONDS.toNanos(1) / plan.rate();
        for (long i = 0; i < plan.messagesMax() && !stopped.getAsBoolean(); i++) {
            long intended = start + (long) (i * nanosEach);
            if (intended - endNanos >= 0) {
                break;
            }
            Clients.awaitTime(intended);
            int publisher = (int) (i % clients.size());
            room.acquireUninterruptibly();
            publish(clients.get(publisher), publisher, intended, room);
        }
        drain(room, UNDER_WAY_MAX);
    }

    private void windowed(List<MqttClient> clients, long endNanos) {
        AtomicLong left = new AtomicLong(plan.messagesMax());
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients.size(); i++) {
                int publisher = i;
                senders.execute(() -> {
                    Semaphore room = new Semaphore(plan.window());
                    while (!stopped.getAsBoolean() && System.nanoTime() - endNanos < 0 && left.getAndDecrement() > 0) {
                        room.acquireUninterruptibly();
                        publish(clients.get(publisher), publisher, System.nanoTime(), room);
                    }
                    drain(room, plan.window());
                });
            }
        }
    }

    private void publish(MqttClient client, int publisher, long intended, Semaphore room) {
        Message message = messages.get(publisher);
        if (plan.stamped()) {
            message = new Message(
                    message.topic(), Stamp.put(plan.payload(), intended), message.qos(), message.retain(), properties);
        }
        sent.increment();
        try {
            client.publishAsync(message).whenComplete((result, error) -> {
                room.release();
                count(result, error, intended);
            });
        } catch (MqttException e) {
            room.release();
            published.failed(e);
        }
    }

    private void count(@Nullable PublishResult result, @Nullable Throwable error, long intended) {
        if (error != null) {
            published.failed(error);
        } else if (result != null && !result.isAccepted()) {
            published.failed(new IllegalStateException(
                    "The broker refused a message: " + result.reason().text() + "."));
        } else {
            published.done(System.nanoTime() - intended);
        }
    }

    private static void drain(Semaphore room, int permits) {
        try {
            boolean all = room.tryAcquire(permits, DRAIN_SECONDS_MAX, TimeUnit.SECONDS);
            if (all) {
                room.release(permits);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
