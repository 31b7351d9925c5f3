package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.cli.connect.Shutdown;
import io.dunlin.cli.output.Output;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.PublishResult;
import io.dunlin.client.SubscribeResult;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** dunlin rr: publishes a request and prints the first response. */
final class RrRun {
    private final Terminal terminal;
    private final ConnectArgs connect;
    private final ClientBuilder builder;
    private final Output output;
    private final Message request;
    private final String responseTopic;
    private final boolean hideRetained;
    private final boolean latency;
    private final boolean quiet;
    private final double timeoutSeconds;

    private final CompletableFuture<Delivery> response = new CompletableFuture<>();

    RrRun(Args args, Terminal terminal) {
        this.terminal = terminal;
        this.connect = new ConnectArgs(args, terminal, PropertyArgs.Target.PUBLISH, args.has("-t"));
        this.output = new Output(args, terminal);
        this.hideRetained = args.has("-R");
        this.latency = args.has("--latency");
        this.quiet = args.has("--quiet");
        this.timeoutSeconds = args.seconds("-W", 0.001, 0);
        this.builder = connect.client();
        byte[] payload = Payload.read(args, terminal, List.of());
        String topic = args.text("-t", connect.topic() == null ? "" : connect.topic());
        this.responseTopic = args.text("-e", "");
        if (topic.isEmpty() || responseTopic.isEmpty()) {
            throw new UsageException("A request needs a topic (-t) and a topic for the response (-e).");
        }
        ConnectArgs.topicName("-e", responseTopic);
        this.request = new Message(
                ConnectArgs.topicName("-t", topic),
                payload,
                QoS.of((int) args.number("-q", 0, 2, 0)),
                args.has("-r"),
                withResponseTopic(connect.properties(PropertyArgs.Target.PUBLISH)));
    }

    private Properties withResponseTopic(Properties given) {
        boolean absent = connect.version().hasProperties() && !given.has(Property.RESPONSE_TOPIC);
        return absent
                ? given.toBuilder().text(Property.RESPONSE_TOPIC, responseTopic).build()
                : given;
    }

    int run() {
        MqttClient client = builder.onMessage(this::received)
                .onStateChange(change -> {
                    MqttException cause = change.cause();
                    if (change.from() == ConnectionState.CONNECTED && cause != null) {
                        response.completeExceptionally(cause);
                    }
                })
                .build();
        Properties goodbye = connect.properties(PropertyArgs.Target.DISCONNECT);
        Shutdown shutdown = Shutdown.guard(client, goodbye);
        try {
            connect.connect(client);
            int code = exchange(client);
            client.disconnect(
                    code == ExitCode.TIMED_OUT ? ReasonCode.DISCONNECT_WITH_WILL : ReasonCode.SUCCESS, goodbye);
            return code;
        } catch (MqttException e) {
            throw connect.failed(e);
        } catch (IOException e) { // whoever read standard output has gone
            return ExitCode.OK;
        } finally {
            shutdown.done();
        }
    }

    private void received(Delivery message) {
        if (!(hideRetained && message.retain())) {
            response.complete(message);
        }
    }

    private int exchange(MqttClient client) throws IOException {
        SubscribeResult subscribed = client.subscribe(
                List.of(Subscription.of(responseTopic).withQos(request.qos())),
                connect.properties(PropertyArgs.Target.SUBSCRIBE));
        if (!subscribed.isAccepted()) {
            throw refused(
                    "subscription to " + responseTopic, subscribed.reasons().get(0));
        }
        long started = System.nanoTime();
        PublishResult published = client.publish(request);
        if (!published.isAccepted()) {
            throw refused("request", published.reason());
        }
        try {
            Delivery answer = timeoutSeconds == 0
                    ? response.get()
                    : response.get(ConnectArgs.millis(timeoutSeconds).toMillis(), TimeUnit.MILLISECONDS);
            long micros = (System.nanoTime() - started) / 1000;
            output.print(answer);
            output.flush();
            if (latency) {
                terminal.err().println("Response after " + micros + " µs");
            }
            return ExitCode.OK;
        } catch (TimeoutException e) {
            if (!quiet) {
                terminal.err().println("Timed out");
            }
            return ExitCode.TIMED_OUT;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MqttException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.ERROR;
        }
    }

    private static CommandFailed refused(String what, ReasonCode reason) {
        return new CommandFailed("The broker refused the " + what + ": " + reason.text() + ".", reason.value());
    }
}
