package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Pause;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.cli.connect.Shutdown;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectFailed;
import io.dunlin.client.ConnectionLost;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.PublishResult;
import io.dunlin.client.TimedOut;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** dunlin pub: publishes one message, the same one several times, or the lines of standard input. */
final class PubRun {
    /** Messages handed to the client and not finished: enough to fill its window and its batches. */
    private static final int UNDER_WAY_MAX = 4096;

    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Terminal terminal;
    private final ConnectArgs connect;
    private final ClientBuilder builder;
    private final Message message;
    private final boolean lines;
    private final boolean quiet;
    private final int repeat;
    private final double delaySeconds;

    private final Semaphore room = new Semaphore(UNDER_WAY_MAX);
    private final AtomicInteger dropped = new AtomicInteger();
    private volatile @Nullable MqttException failure;
    private volatile @Nullable MqttException loss;
    private volatile int refusal;

    PubRun(Args args, Terminal terminal) {
        this.terminal = terminal;
        this.connect = new ConnectArgs(args, terminal, PropertyArgs.Target.PUBLISH, args.has("-t"));
        this.lines = args.has("-l");
        this.quiet = args.has("--quiet");
        this.repeat = (int) args.number("--repeat", 1, Integer.MAX_VALUE, 1);
        this.delaySeconds = args.seconds("--repeat-delay", 0, 0);
        this.builder = connect.client().inFlightMax((int) args.number("-M", 1, 65_534, inFlightMax()));
        String topic = args.text("-t", connect.topic() == null ? "" : connect.topic());
        boolean messageGiven = args.has("-m") || args.has("-f") || args.has("-s") || args.has("-n");
        boolean linesAlone = lines && !messageGiven && !args.has("--payload-size");
        byte[] payload = linesAlone ? new byte[0] : Payload.read(args, terminal, List.of("-l"));
        if (args.has("-s") && payload.length == 0) {
            throw new UsageException("Standard input is empty: -n publishes an empty message.");
        }
        if (topic.isEmpty()) {
            throw new UsageException("There is no topic: give it with -t.");
        }
        TopicName name = ConnectArgs.topicName("-t", topic);
        this.message = new Message(
                name,
                payload,
                QoS.of((int) args.number("-q", 0, 2, 0)),
                args.has("-r"),
                connect.properties(PropertyArgs.Target.PUBLISH));
    }

    /** MQTT 5 brokers state how many they take; before that some drop what is beyond twenty, as mosquitto does. */
    private int inFlightMax() {
        return connect.version().hasProperties() ? 1024 : 20;
    }

    int run() {
        MqttClient client = builder.onStateChange(change -> {
                    if (change.from() == ConnectionState.CONNECTED) {
                        loss = change.cause();
                    }
                })
                .build();
        Shutdown shutdown = Shutdown.guard(client, connect.properties(PropertyArgs.Target.DISCONNECT));
        try {
            connect.connect(client);
            if (lines) {
                publishLines(client);
            } else {
                publishRepeatedly(client);
            }
            awaitRoom(client, UNDER_WAY_MAX);
            failIfFailed();
            client.disconnect(ReasonCode.SUCCESS, connect.properties(PropertyArgs.Target.DISCONNECT));
            return exitCode();
        } catch (MqttException e) {
            client.close();
            throw connect.failed(e);
        } finally {
            shutdown.done();
        }
    }

    private int exitCode() {
        int gone = dropped.get();
        if (gone > 0) {
            warn(gone + " messages were lost with the connection.");
            return ExitCode.CONNECTION_LOST;
        }
        return refusal;
    }

    private void publishRepeatedly(MqttClient client) {
        for (int i = 0; i < repeat && failure == null; i++) {
            if (i > 0 && delaySeconds > 0) {
                pause();
            }
            publish(client, message);
        }
    }

    private void pause() {
        try {
            Pause.nanos(ConnectArgs.millis(delaySeconds).toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publishLines(MqttClient client) {
        LineReader reader = new LineReader(terminal.in());
        try {
            for (byte[] line = reader.next(); line != null && failure == null; line = reader.next()) {
                publish(
                        client,
                        new Message(message.topic(), line, message.qos(), message.retain(), message.properties()));
            }
        } catch (IOException e) {
            throw new UsageException("Standard input cannot be read: " + e.getMessage() + ".");
        }
    }

    private void publish(MqttClient client, Message next) {
        awaitRoom(client, 1);
        client.publishAsync(next).whenComplete((answer, error) -> {
            if (error instanceof ConnectionLost && lines) {
                dropped.incrementAndGet();
            } else if (error instanceof MqttException e) {
                failure = e;
            } else if (!answer.isAccepted()) {
                refused(answer);
            }
            room.release();
        });
    }

    private void refused(PublishResult answer) {
        refusal = answer.reason().value();
        String words = answer.reasonString();
        warn("The broker refused message " + answer.packetId() + ": "
                + answer.reason().text() + (words == null ? "." : " (" + words + ")."));
    }

    private void warn(String sentence) {
        if (!quiet) {
            terminal.err().println("Warning: " + sentence);
        }
    }

    /** Waits until so many messages may be handed over; for lines a lost connection is made again. */
    private void awaitRoom(MqttClient client, int messages) {
        try {
            if (lines && client.state() == ConnectionState.DISCONNECTED) {
                reconnect(client);
            }
            while (!room.tryAcquire(messages, 100, TimeUnit.MILLISECONDS)) {
                failIfFailed();
                if (client.state() == ConnectionState.DISCONNECTED) {
                    reconnect(client);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void failIfFailed() {
        MqttException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** Once a second, later less often, until the broker is back. */
    private void reconnect(MqttClient client) throws InterruptedException {
        MqttException cause = loss;
        if (!lines) {
            if (cause == null) {
                throw new CommandFailed("The connection was lost.", ExitCode.CONNECTION_LOST);
            }
            throw cause;
        }
        warn((cause == null ? "The connection was lost." : cause.getMessage()) + " Connecting again.");
        long pause = RECONNECT_NANOS;
        while (client.state() == ConnectionState.DISCONNECTED) {
            Pause.nanos(pause);
            try {
                client.connect();
            } catch (ConnectFailed | TimedOut | ConnectionLost e) {
                pause = Math.min(pause * 2, RECONNECT_NANOS * 30);
            }
        }
    }
}
