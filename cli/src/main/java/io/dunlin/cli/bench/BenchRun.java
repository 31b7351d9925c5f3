package io.dunlin.cli.bench;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.bench.BenchPlan.Mode;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Delivery;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** One run of dunlin bench: connect, load, wait for what is under way, report. */
final class BenchRun {
    private static final long LATE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long HOOK_SECONDS_MAX = 30;

    private final BenchPlan plan;
    private final Terminal terminal;
    private final Limits limits;
    private final Report report;
    private final Properties properties;
    private final Meter connections = new Meter();
    private final Meter published = new Meter();
    private final Meter received = new Meter();
    private final LongAdder receivedBytes = new LongAdder();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch reported = new CountDownLatch(1);
    private volatile boolean counting = true;
    private volatile int exitCode = ExitCode.ERROR;

    BenchRun(BenchPlan plan, Args args, Terminal terminal) {
        this.plan = plan;
        this.terminal = terminal;
        this.limits = Limits.of(args);
        this.report = new Report(plan, limits, args.text("--json"), terminal);
        this.properties = plan.connect().properties(PropertyArgs.Target.PUBLISH);
    }

    int run() {
        Clients clients = new Clients(plan, connections, this::isStopped);
        Thread hook = new Thread(this::interrupted);
        Runtime.getRuntime().addShutdownHook(hook);
        Progress progress = new Progress(plan, terminal, connections, published, received);
        try {
            progress.start();
            Result result = measure(clients, progress);
            progress.close();
            exitCode = report.give(result);
            return exitCode;
        } finally {
            progress.close();
            clients.close();
            reported.countDown();
            removeHook(hook);
        }
    }

    private void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            stop.countDown(); // the process ends already
        }
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Ctrl-C ends the measurement, and what was measured is reported. */
    private void interrupted() {
        stop.countDown();
        try {
            if (reported.await(HOOK_SECONDS_MAX, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode); // not that of the signal: the measurement ended as asked
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Result measure(Clients clients, Progress progress) {
        long begin = System.nanoTime();
        if (plan.mode() == Mode.SUB || plan.mode() == Mode.P2P) {
            int subscribers = plan.mode() == Mode.SUB ? plan.clients() : plan.subscribers();
            clients.connect(subscribers, true, this::received);
        }
        List<MqttClient> publishers = List.of();
        if (plan.mode() != Mode.SUB) {
            publishers = clients.connect(plan.clients(), false, message -> {});
        }
        long connectedNanos = System.nanoTime() - begin;
        failIfNoneConnected();
        publishers = publishers.stream()
                .filter(client -> client.state() == ConnectionState.CONNECTED)
                .toList();
        progress.loadBegins();
        Load load = new Load(plan, properties, publishers.size(), published, this::isStopped);
        if (plan.warmupNanos() > 0) {
            warmUp(publishers, load);
        }
        long start = System.nanoTime();
        long end = start + plan.durationNanos();
        if (plan.mode().publishes()) {
            load.run(publishers, end);
        } else {
            idle(end);
        }
        long seconds = System.nanoTime() - start;
        long expected = plan.mode() == Mode.P2P ? expected(load, publishers.size()) : 0;
        awaitReceived(expected);
        counting = false;
        return new Result(
                connectedNanos,
                seconds,
                connections,
                load.sent(),
                published,
                received,
                receivedBytes.sum(),
                expected,
                plan.mode());
    }

    private void failIfNoneConnected() {
        if (connections.count() == 0 && !isStopped()) {
            Throwable cause = connections.firstFailure();
            if (cause instanceof MqttException e) {
                throw plan.connect().failed(e);
            }
            throw new CommandFailed("No client could connect.", ExitCode.ERROR);
        }
    }

    private void received(Delivery message) {
        if (!counting) {
            return;
        }
        receivedBytes.add(message.payload().length);
        long sent = Stamp.nanos(message.payload());
        if (sent == Long.MIN_VALUE) {
            received.done();
        } else {
            received.done(System.nanoTime() - sent);
        }
    }

    private void warmUp(List<MqttClient> publishers, Load load) {
        long end = System.nanoTime() + plan.warmupNanos();
        if (plan.mode().publishes()) {
            load.run(publishers, end);
        } else {
            idle(end);
        }
        awaitReceived(plan.mode() == Mode.P2P ? expected(load, publishers.size()) : 0);
        load.forgetSent();
        published.reset();
        received.reset();
        receivedBytes.reset();
    }

    private void idle(long end) {
        long left = end - System.nanoTime();
        while (left > 0 && received.count() < plan.messagesMax() && await(Math.min(left, 50_000_000L))) {
            left = end - System.nanoTime();
        }
    }

    /** @return false where the user wants to end */
    private boolean await(long nanos) {
        try {
            return !stop.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many messages should come: each goes to the subscribers whose filter matches its topic. */
    private long expected(Load load, int publishers) {
        List<TopicFilter> filters = new ArrayList<>();
        for (int i = 0; i < plan.subscribers(); i++) {
            filters.add(TopicFilter.of(plan.topicOf(i)));
        }
        boolean same = publishers > 0 && filters.stream().distinct().count() == 1;
        if (same) {
            return load.sent() * filters.size();
        }
        long matches = 0;
        for (int i = 0; i < publishers; i++) {
            TopicName topic = load.topic(i);
            matches += filters.stream().filter(filter -> filter.matches(topic)).count();
        }
        return publishers == 0 ? 0 : Math.round((double) load.sent() * matches / publishers);
    }

    /** Waits until all has come, at most some seconds, and less when nothing comes any more. */
    private void awaitReceived(long expected) {
        long last = received.count();
        long lastNanos = System.nanoTime();
        long deadline = lastNanos + LATE_NANOS_MAX;
        while (received.count() < expected && System.nanoTime() - deadline < 0 && await(1_000_000L)) {
            long now = received.count();
            if (now != last) {
                last = now;
                lastNanos = System.nanoTime();
            } else if (System.nanoTime() - lastNanos > QUIET_NANOS) {
                return;
            }
        }
    }
}
