package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Pause;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.cli.connect.Shutdown;
import io.dunlin.cli.output.Output;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectionLost;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.SubscribeResult;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** dunlin sub: prints the messages that match. The main thread prints; the client's reading thread only queues. */
final class SubRun {
    private static final int QUEUED_MAX = 8192;
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 2;
    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the client's threads tell the main thread. */
    private sealed interface Event {
        record Received(Delivery message) implements Event {}

        record Key(int key) implements Event {}

        record Lost(@Nullable MqttException cause) implements Event {}

        record Answered(
                @Nullable SubscribeResult result, @Nullable Throwable error) implements Event {}
    }

    /** Thrown to the loop when the work is done. */
    private static final class Done extends Exception {
        private static final long serialVersionUID = 1;

        final int code;

        Done(int code) {
            super(null, null, false, false);
            this.code = code;
        }
    }

    private final Terminal terminal;
    private final ConnectArgs connect;
    private final ClientBuilder builder;
    private final boolean watch;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final List<String> unsubscriptions;
    private final List<TopicFilter> hidden = new ArrayList<>();
    private final long countMax;
    private final boolean exitAfterSubscribe;
    private final boolean hideRetained;
    private final boolean onlyRetained;
    private final boolean removeRetained;
    private final boolean quiet;
    private final double shownPercent;
    private final double timeoutSeconds;

    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final Random random = new Random();
    private Sink sink;
    private long count;
    private int refusal;

    SubRun(Args args, Terminal terminal) {
        this.terminal = terminal;
        List<String> filters = args.list("-t");
        this.connect = new ConnectArgs(args, terminal, PropertyArgs.Target.SUBSCRIBE, !filters.isEmpty());
        this.watch = args.has("--watch");
        this.sink = new PrintSink(new Output(args, terminal), terminal, args.has("--message-rate"));
        this.countMax = args.number("-C", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        this.timeoutSeconds = args.seconds("-W", 0.001, 0);
        this.exitAfterSubscribe = args.has("-E");
        this.hideRetained = args.has("-R");
        this.onlyRetained = args.has("--retained-only");
        this.removeRetained = args.has("--remove-retained");
        this.quiet = args.has("--quiet");
        this.shownPercent = percent(args);
        this.unsubscriptions = args.list("-U");
        this.builder = connect.client();
        if (hideRetained && onlyRetained) {
            throw new UsageException("-R hides the messages that --retained-only asks for: leave one of them out.");
        }
        subscriptions(args, filters);
        for (String filter : args.list("-T")) {
            hidden.add(filter("-T", filter));
        }
    }

    private void subscriptions(Args args, List<String> filters) {
        List<String> all = new ArrayList<>(filters);
        String topic = connect.topic();
        if (topic != null) {
            all.add(topic);
        }
        if (all.isEmpty() && unsubscriptions.isEmpty()) {
            throw new UsageException("There is no topic: give it with -t, for instance -t '#'.");
        }
        QoS qos = QoS.of((int) args.number("-q", 0, 2, 0));
        RetainHandling handling = retainHandling(args);
        for (String text : all) {
            subscriptions.add(new Subscription(
                    filter("-t", text).text(),
                    qos,
                    args.has("--no-local"),
                    args.has("--retain-as-published"),
                    handling));
        }
        for (String text : unsubscriptions) {
            filter("-U", text);
        }
    }

    private static TopicFilter filter(String option, String text) {
        try {
            return TopicFilter.of(text);
        } catch (InvalidTopic e) {
            throw new UsageException(
                    "The filter '" + text + "' of " + option + " is not valid: " + e.getMessage() + ".");
        }
    }

    private static RetainHandling retainHandling(Args args) {
        return switch (args.text("--retain-handling", "always")) {
            case "always", "0" -> RetainHandling.SEND;
            case "new", "1" -> RetainHandling.SEND_IF_NEW;
            case "never", "2" -> RetainHandling.DO_NOT_SEND;
            default -> throw new UsageException("--retain-handling is always, new or never.");
        };
    }

    private static double percent(Args args) {
        String text = args.text("--random-filter", "100");
        try {
            double value = Double.parseDouble(text);
            if (value >= 0.1 && value <= 100) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new UsageException("--random-filter is a percentage, not '" + text + "'.");
        }
        throw new UsageException("--random-filter must be from 0.1 to 100, not " + text + ".");
    }

    int run() {
        MqttClient client = builder.manualAck()
                .executor(Runnable::run)
                .onMessage(message -> tell(new Event.Received(message)))
                .onStateChange(change -> {
                    if (change.from() == ConnectionState.CONNECTED) {
                        tell(new Event.Lost(change.cause()));
                    }
                })
                .build();
        Properties goodbye = connect.properties(PropertyArgs.Target.DISCONNECT);
        Shutdown shutdown = Shutdown.guard(client, goodbye);
        try {
            connect.connect(client);
            long nanos = timeoutSeconds == 0
                    ? FOREVER_NANOS
                    : ConnectArgs.millis(timeoutSeconds).toNanos();
            long deadline = System.nanoTime() + nanos;
            if (watch) {
                sink = new WatchSink(terminal, "dunlin sub -w", key -> tell(new Event.Key(key)));
                shutdown.first(sink::abandon);
            }
            subscribe(client);
            int code = loop(client, deadline);
            sink.end();
            if (code == ExitCode.TIMED_OUT && !quiet) {
                terminal.err().println("Timed out");
            }
            client.disconnect(
                    code == ExitCode.TIMED_OUT ? ReasonCode.DISCONNECT_WITH_WILL : ReasonCode.SUCCESS, goodbye);
            return code;
        } catch (MqttException e) {
            throw connect.failed(e);
        } catch (IOException e) { // whoever read standard output has gone
            client.disconnect(ReasonCode.SUCCESS, goodbye);
            return ExitCode.OK;
        } finally {
            closeScreen();
            shutdown.done();
        }
    }

    /** Whatever went wrong, the terminal is given back. */
    private void closeScreen() {
        if (watch) {
            sink.abandon();
        }
    }

    private void tell(Event event) {
        try {
            events.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void subscribe(MqttClient client) {
        if (!subscriptions.isEmpty()) {
            client.subscribeAsync(subscriptions, connect.properties(PropertyArgs.Target.SUBSCRIBE))
                    .whenComplete((result, error) -> tell(new Event.Answered(result, error)));
        }
        if (!unsubscriptions.isEmpty()) {
            var answer = client.unsubscribeAsync(unsubscriptions, connect.properties(PropertyArgs.Target.UNSUBSCRIBE));
            if (subscriptions.isEmpty()) {
                answer.whenComplete((result, error) -> tell(new Event.Answered(null, error)));
            }
        }
    }

    private int loop(MqttClient client, long deadline) throws IOException {
        long tickNanos = sink.tickNanos() == 0 ? FOREVER_NANOS : sink.tickNanos();
        long nextTick = System.nanoTime() + tickNanos;
        try {
            while (true) {
                long now = System.nanoTime();
                if (now - nextTick >= 0) {
                    sink.tick();
                    nextTick = now + tickNanos;
                }
                Event event = events.poll();
                if (event == null) {
                    sink.flush();
                    event = events.poll(Math.min(deadline, nextTick) - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
                if (event != null) {
                    handle(event, client, deadline);
                } else if (deadline - System.nanoTime() <= 0) {
                    return ExitCode.TIMED_OUT;
                }
            }
        } catch (Done done) {
            sink.flush();
            return done.code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.ERROR;
        }
    }

    private void handle(Event event, MqttClient client, long deadline) throws Done, InterruptedException, IOException {
        if (event instanceof Event.Received received) {
            received(client, received.message());
        } else if (event instanceof Event.Answered answered) {
            answered(answered);
        } else if (event instanceof Event.Lost lost) {
            reconnect(client, lost.cause(), deadline);
        } else if (event instanceof Event.Key pressed && !sink.key(pressed.key())) {
            throw new Done(ExitCode.OK);
        }
    }

    private void received(MqttClient client, Delivery message) throws Done, IOException {
        if (exitAfterSubscribe) {
            return; // it comes before the answer that this run ends with: a kept session gets it again
        }
        if (onlyRetained && !message.retain()) {
            throw new Done(ExitCode.OK);
        }
        if (hideRetained && message.retain() || isHidden(message)) {
            sink.skip(message);
            return;
        }
        if (removeRetained && message.retain()) {
            client.publish(new Message(message.topicName(), new byte[0], QoS.AT_LEAST_ONCE, true, Properties.NONE));
        }
        if (shownPercent < 100 && random.nextDouble() * 100 >= shownPercent) {
            sink.skip(message);
        } else {
            sink.show(message);
        }
        count++;
        if (count == countMax) {
            throw new Done(ExitCode.OK);
        }
    }

    private boolean isHidden(Delivery message) {
        for (TopicFilter filter : hidden) {
            if (filter.matches(message.topicName())) {
                return true;
            }
        }
        return false;
    }

    private void answered(Event.Answered answered) throws Done {
        SubscribeResult result = answered.result();
        if (answered.error() == null && result != null) {
            int refused = 0;
            for (int i = 0; i < result.reasons().size(); i++) {
                ReasonCode reason = result.reasons().get(i);
                if (reason.isError()) {
                    refused++;
                    refusal = reason.value();
                    warn("The broker refused the subscription to "
                            + subscriptions.get(i).filter() + ": " + reason.text() + ".");
                }
            }
            if (refused == result.reasons().size()) {
                throw new Done(refusal);
            }
        }
        if (exitAfterSubscribe && answered.error() == null || subscriptions.isEmpty()) {
            throw new Done(refusal);
        }
    }

    private void warn(String sentence) {
        if (!quiet) {
            terminal.err().println("Warning: " + sentence);
        }
    }

    /** Once a second until it works or the time is up; a session that was taken over is not fought for. */
    private void reconnect(MqttClient client, @Nullable MqttException cause, long deadline)
            throws Done, InterruptedException, IOException {
        sink.flush();
        if (cause == null) { // this side ends the connection
            throw new Done(ExitCode.OK);
        }
        if (cause instanceof ConnectionLost lost && lost.reason() == ReasonCode.SESSION_TAKEN_OVER) {
            throw connect.failed(cause);
        }
        warn(cause.getMessage() + " Connecting again.");
        long pause = RECONNECT_NANOS;
        while (true) {
            long left = deadline - System.nanoTime();
            Pause.nanos(Math.min(pause, Math.max(left, 0)));
            if (left <= pause) {
                throw new Done(ExitCode.TIMED_OUT);
            }
            try {
                if (!client.connect().sessionPresent()) {
                    subscribe(client);
                }
                return;
            } catch (io.dunlin.client.ConnectFailed | io.dunlin.client.TimedOut | ConnectionLost e) {
                pause = Math.min(pause * 2, RECONNECT_NANOS * 30);
            }
        }
    }
}
