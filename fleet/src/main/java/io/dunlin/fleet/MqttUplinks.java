package io.dunlin.fleet;

import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Will;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Uplinks over the MQTT client. What may block runs on virtual threads. */
public final class MqttUplinks implements Uplinks, AutoCloseable {
    private static final int CONNECTING_MAX = 200;
    private static final Duration GOODBYE_MAX = Duration.ofSeconds(2);

    private final Supplier<ClientBuilder> base;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore connecting = new Semaphore(CONNECTING_MAX);

    /** @param base a new builder each time, with all that is the same for each device: addresses, TLS, credentials */
    public MqttUplinks(Supplier<ClientBuilder> base) {
        this.base = base;
    }

    @Override
    public Uplink open(Identity identity, Uplink.Listener listener) {
        return new MqttUplink(identity, listener);
    }

    /** Waits until all that was asked for is done; nothing more can be asked for then. */
    public void finish() {
        blocking.close();
    }

    @Override
    public void close() {
        finish();
    }

    /**
     * One device's client. A new one where the will changed, since it is part of the client's options; the same one again
     * otherwise, which so keeps its messages of QoS 1 and 2. Commands are done one after the other, in their order.
     */
    private final class MqttUplink implements Uplink {
        private final Identity identity;
        private final Listener listener;
        private final SerialTasks tasks = new SerialTasks(blocking);
        private volatile @Nullable MqttClient client;
        private @Nullable Will clientWill;
        private volatile int attempt;

        MqttUplink(Identity identity, Listener listener) {
            this.identity = identity;
            this.listener = listener;
        }

        @Override
        public void connect(int number, @Nullable Will will) {
            tasks.add(() -> {
                attempt = number;
                connecting.acquireUninterruptibly();
                try {
                    MqttClient current = client;
                    if (current == null || !Objects.equals(will, clientWill)) {
                        if (current != null) {
                            current.close();
                        }
                        current = client(will);
                        clientWill = will;
                        client = current;
                    }
                    current.connect();
                    listener.connected(number);
                } catch (MqttException | IllegalStateException e) {
                    listener.closed(number, String.valueOf(e.getMessage()));
                } finally {
                    connecting.release();
                }
            });
        }

        private MqttClient client(@Nullable Will will) {
            var connect = identity.connect();
            ClientBuilder builder = base.get()
                    .noReconnect()
                    .version(connect.version())
                    .clientId(identity.clientId())
                    .cleanStart(connect.cleanStart())
                    .keepAlive(Duration.ofSeconds(connect.keepAliveSeconds()))
                    .will(will)
                    .executor(Runnable::run)
                    .onMessage(message -> listener.received(message.topic(), message.payload()))
                    .onStateChange(this::changed);
            if (connect.sessionExpirySeconds() > 0) {
                builder.connectProperty(Property.SESSION_EXPIRY_INTERVAL, connect.sessionExpirySeconds());
            }
            if (identity.username() != null) {
                builder.username(identity.username());
            }
            if (identity.password() != null) {
                builder.password(identity.password().getBytes(StandardCharsets.UTF_8));
            }
            return builder.build();
        }

        private void changed(ConnectionState.Change change) {
            if (change.from() == ConnectionState.CONNECTED && change.to() == ConnectionState.DISCONNECTED) {
                MqttException cause = change.cause();
                listener.closed(attempt, cause == null ? "The connection ended." : String.valueOf(cause.getMessage()));
            }
        }

        @Override
        public void subscribe(String filter, QoS qos) {
            MqttClient current = client;
            if (current != null) {
                current.subscribeAsync(List.of(Subscription.of(filter).withQos(qos)), Properties.NONE);
            }
        }

        @Override
        public void publish(Message message) {
            MqttClient current = client;
            if (current == null) {
                listener.published(Outcome.LOST);
                return;
            }
            current.publishAsync(message)
                    .whenComplete((result, failure) -> listener.published(
                            failure != null
                                    ? Outcome.LOST
                                    : result.isAccepted() ? Outcome.DELIVERED : Outcome.REFUSED));
        }

        @Override
        public void disconnect() {
            tasks.add(() -> {
                MqttClient current = client;
                if (current != null) {
                    current.flush(GOODBYE_MAX); // a broker that answers nothing does not hold the device
                }
            });
            end(ReasonCode.SUCCESS);
        }

        @Override
        public void cut() {
            end(ReasonCode.DISCONNECT_WITH_WILL);
        }

        private void end(ReasonCode reason) {
            tasks.add(() -> {
                MqttClient current = client;
                if (current != null) {
                    current.disconnect(reason, Properties.NONE);
                }
            });
        }
    }
}
