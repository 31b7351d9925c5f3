package io.dunlin.client;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an MQTT server and the session behind it. Safe for use by many threads. Blocking calls may be made in
 * handlers, unless these run directly on the reading thread.
 *
 * <p>A client that lost its connection may {@link #connect} again: messages of QoS 1 and 2 that were under way then go on, as
 * the server still knows the session, or as the rules for a lost session say (QoS 1 again, QoS 2 fails).
 */
public final class MqttClient implements AutoCloseable {
    private final ClientOptions options;
    private final Dispatcher dispatcher;
    private final Session session;
    private final Receivers receivers = new Receivers();
    private final Requests requests;
    private final ReentrantLock stateLock = new ReentrantLock();
    private volatile ConnectionState state = ConnectionState.DISCONNECTED;
    private volatile String clientId;
    private volatile @Nullable Attempt attempt;

    MqttClient(ClientOptions options) {
        this.options = options;
        this.clientId = options.clientId();
        this.dispatcher = new Dispatcher(options.executor(), options.manualAck(), options.routes());
        this.session = new Session(options, dispatcher);
        this.requests = new Requests(this, options.version().hasProperties());
    }

    public static ClientBuilder builder() {
        return new ClientBuilder();
    }

    /**
     * A client connected to this address, with the defaults of {@link ClientBuilder}.
     *
     * @throws MqttException as {@link #connect()}
     */
    public static MqttClient connect(String url) {
        MqttClient client = builder().url(url).build();
        client.connect();
        return client;
    }

    /**
     * Connects to the first address that answers, and waits for CONNACK.
     *
     * @throws ConnectFailed where no address can be reached
     * @throws ConnectRefused where the server refuses
     * @throws TimedOut where CONNACK does not come in time
     * @throws IllegalStateException where the client is connected or connecting already
     */
    public Connack connect() {
        change(ConnectionState.DISCONNECTED, ConnectionState.CONNECTING, null);
        try {
            Attempt opened = new Attempt(options, session, clientId, this::ended);
            opened.open();
            attempt = opened;
            Connack connack = opened.awaitConnack();
            clientId = opened.clientId();
            requests.onConnack(connack);
            change(ConnectionState.CONNECTING, ConnectionState.CONNECTED, null);
            if (opened.hasEnded()) { // between CONNACK and here; its end met the state CONNECTING and changed nothing
                ended(opened, Session.lost("The connection ended right after CONNACK.", null));
            }
            return connack;
        } catch (RuntimeException e) {
            change(ConnectionState.CONNECTING, ConnectionState.DISCONNECTED, e instanceof MqttException m ? m : null);
            throw e;
        }
    }

    private void ended(Attempt ended, @Nullable MqttException cause) {
        if (attempt == ended && state == ConnectionState.CONNECTED) {
            change(ConnectionState.CONNECTED, ConnectionState.DISCONNECTED, cause);
        }
    }

    private void change(ConnectionState from, ConnectionState to, @Nullable MqttException cause) {
        stateLock.lock();
        try {
            if (state != from) {
                if (from == ConnectionState.DISCONNECTED) {
                    throw new IllegalStateException("The client is " + state + " already.");
                }
                return;
            }
            state = to;
        } finally {
            stateLock.unlock();
        }
        options.onStateChange().accept(new ConnectionState.Change(from, to, cause));
    }

    public ConnectionState state() {
        return state;
    }

    /** As given, or as the server assigned it; empty before that. */
    public String clientId() {
        return clientId;
    }

    /**
     * Publishes text at QoS 0.
     *
     * @throws MqttException as {@link #publish(Message)}
     */
    public PublishResult publish(String topic, String text) {
        return publish(Message.of(topic, text));
    }

    /**
     * Publishes, and waits until the message is written (QoS 0) or answered (QoS 1 and 2). The result may be a refusal.
     *
     * @throws LimitExceeded where the server takes no such message
     * @throws ConnectionLost where there is no connection; at QoS 1 and 2 the message goes on with the next one
     * @throws TimedOut where the answer does not come in time
     */
    public PublishResult publish(Message message) {
        return await(() -> publishAsync(message), "The server did not answer a PUBLISH in time.");
    }

    /** As {@link #publish(Message)}, but never waits: failures come through the future. */
    public CompletableFuture<PublishResult> publishAsync(Message message) {
        return session.publish(message);
    }

    /**
     * Subscribes with one handler for all messages that match.
     *
     * @throws MqttException as {@link #subscribe(List, Properties)}
     */
    public SubscribeResult subscribe(String filter, Consumer<Delivery> handler) {
        return subscribe(Subscription.of(filter).withQos(QoS.EXACTLY_ONCE), handler);
    }

    public SubscribeResult subscribe(Subscription subscription, Consumer<Delivery> handler) {
        dispatcher.add(TopicFilter.of(subscription.filter()), handler);
        return subscribe(List.of(subscription), Properties.NONE);
    }

    /**
     * Subscribes, and waits for SUBACK. Messages go to the handlers that {@link ClientBuilder#onMessage(Consumer)} and earlier
     * calls put in place. Each filter has its own answer.
     *
     * @throws ConnectionLost where there is no connection
     * @throws TimedOut where the answer does not come in time
     */
    public SubscribeResult subscribe(List<Subscription> subscriptions, Properties properties) {
        return await(() -> subscribeAsync(subscriptions, properties), "The server did not answer a SUBSCRIBE in time.");
    }

    public CompletableFuture<SubscribeResult> subscribeAsync(List<Subscription> subscriptions, Properties properties) {
        return session.subscribe(subscriptions, properties);
    }

    /**
     * Unsubscribes, and waits for UNSUBACK.
     *
     * @throws ConnectionLost where there is no connection
     * @throws TimedOut where the answer does not come in time
     */
    public SubscribeResult unsubscribe(String filter) {
        SubscribeResult result = await(
                () -> unsubscribeAsync(List.of(filter), Properties.NONE),
                "The server did not answer an UNSUBSCRIBE in time.");
        dispatcher.remove(TopicFilter.of(filter));
        return result;
    }

    public CompletableFuture<SubscribeResult> unsubscribeAsync(List<String> filters, Properties properties) {
        return session.unsubscribe(filters, properties);
    }

    private <T> T await(Supplier<CompletableFuture<T>> asked, String late) {
        Connection connection = session.connection(); // before it is asked: the connection may be gone right after
        CompletableFuture<T> result = asked.get();
        try {
            if (connection != null && !result.isDone()) {
                CompletableFuture.anyOf(result, connection.down)
                        .get(options.answerTimeoutMillis(), TimeUnit.MILLISECONDS);
                if (!result.isDone()) {
                    throw connection.down.get();
                }
            }
            return result.get(options.answerTimeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TimedOut(late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimedOut("The thread was interrupted while it waited.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MqttException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** As {@link #disconnect(ReasonCode, Properties)} without a reason to give. */
    public void disconnect() {
        disconnect(ReasonCode.SUCCESS, Properties.NONE);
    }

    /**
     * Sends DISCONNECT after all that waits to be written, and closes. Before MQTT 5 reason and properties are not sent, and
     * DISCONNECT_WITH_WILL closes without DISCONNECT, so that the will is published. Messages of QoS 1 and 2 that are still
     * under way go on with the next {@link #connect}. Nothing happens where there is no connection.
     */
    public void disconnect(ReasonCode reason, Properties properties) {
        Attempt current = attempt;
        if (current != null) {
            current.disconnect(new Disconnect(reason, properties));
        }
    }

    /** {@link #disconnect()}; what is still under way fails. */
    @Override
    public void close() {
        disconnect();
        session.abandon(Session.lost("The client was closed.", null));
        receivers.close();
    }

    /**
     * As {@link #subscribe(Subscription, Consumer)}, but never waits. The handler stays in place where the server refuses, until
     * {@link #unsubscribe}.
     */
    public CompletableFuture<SubscribeResult> subscribeAsync(Subscription subscription, Consumer<Delivery> handler) {
        dispatcher.add(TopicFilter.of(subscription.filter()), handler);
        return subscribeAsync(List.of(subscription), Properties.NONE);
    }

    /**
     * Subscribes, and keeps the messages to be fetched, each acknowledged as it is taken out.
     *
     * @param capacity 1 or more messages that wait at most, see {@link MessageQueue}
     * @throws RequestRefused where the server does not grant the subscription
     * @throws MqttException as {@link #subscribe(List, Properties)}
     */
    public MessageQueue queue(String filter, int capacity) {
        return queue(Subscription.of(filter).withQos(QoS.EXACTLY_ONCE), capacity, MessageQueue.Acknowledge.WHEN_TAKEN);
    }

    /** As {@link #queue(String, int)} with all options. */
    public MessageQueue queue(Subscription subscription, int capacity, MessageQueue.Acknowledge acknowledge) {
        return new MessageQueue(this, subscription.filter(), capacity, acknowledge).open(subscription);
    }

    /**
     * The messages as a publisher for {@code java.util.concurrent.Flow} and what is built on it. Each {@code subscribe} of it
     * subscribes at the server, one subscriber at a time; each message is acknowledged when {@code onNext} returned, so that
     * demand drives the server. Signals come from the client's handler threads, one at a time. The flow goes on over lost
     * connections, completes when the client is closed, and fails with RequestRefused where the server does not grant the
     * subscription.
     *
     * @param capacity 1 or more messages that wait for demand at most; beyond it, as {@link MessageQueue} says
     */
    public Flow.Publisher<Delivery> flow(String filter, QoS qos, int capacity) {
        Executor executor = options.executor();
        return new MessageFlow(
                this,
                Subscription.of(filter).withQos(qos),
                capacity,
                executor == null ? HandlerThreads.shared() : executor);
    }

    /** As {@link #request(Message, Duration)} with text at QoS 1. */
    public Delivery request(String topic, String text, Duration timeout) {
        return request(Message.of(topic, text).withQos(QoS.AT_LEAST_ONCE), timeout);
    }

    /**
     * Publishes a request and waits for the reply (4.10). Response topic and correlation data are the client's to set; the
     * topic lies below the Response Information of the server where it gives one, else it is
     * {@code replies/<client id>/<random>}, which the server must allow the client to subscribe to. Many requests may be on
     * their way at once.
     *
     * @throws TimedOut where no reply comes in time; one that comes later is counted in {@link #lateReplies}
     * @throws RequestRefused where the server refuses the message or the subscription, or says that nobody gets the message
     * @throws ConnectionLost where there is no connection
     * @throws IllegalStateException before MQTT 5, which has no response topic
     */
    public Delivery request(Message message, Duration timeout) {
        return Futures.join(requestAsync(message, timeout));
    }

    /** As {@link #request(Message, Duration)}, but never waits: failures come through the future. */
    public CompletableFuture<Delivery> requestAsync(Message message, Duration timeout) {
        return requests.send(message, timeout);
    }

    /** Replies that came when nobody waited for them any more. */
    public long lateReplies() {
        return requests.late();
    }

    /**
     * Subscribes as one that answers requests (4.10): what the function gives goes to the response topic with the correlation
     * data of the request and at its QoS; where there is no response topic it goes nowhere. The request is acknowledged when
     * the server has the reply. Where the function throws nothing is answered, and the log says why. {@link #unsubscribe} ends
     * it.
     *
     * @throws MqttException as {@link #subscribe(List, Properties)}
     */
    public SubscribeResult respond(String filter, Function<Delivery, Reply> answer) {
        return respondAsync(filter, request -> CompletableFuture.completedFuture(answer.apply(request)));
    }

    /** As {@link #respond}, with answers that come later; it still waits for the SUBACK. */
    public SubscribeResult respondAsync(String filter, Function<Delivery, ? extends CompletionStage<Reply>> answer) {
        return subscribe(filter, Responders.handler(this, answer));
    }

    /**
     * For many messages with explicit back-pressure, see {@link TopicPublisher}.
     *
     * @param topicPattern a topic, or a format whose arguments come with each message
     */
    public TopicPublisher publisher(String topicPattern) {
        return new TopicPublisher(this, topicPattern);
    }

    /**
     * Logs in once more over the connection that stands (4.12.1), for instance before a token runs out, and waits for the answer.
     *
     * @throws ConnectionLost where the server refuses, which ends the connection, or where there is none
     * @throws AuthenticationFailed where the server is not to be trusted, which ends the connection too
     * @throws IllegalStateException where the builder got no {@link Authentication}, or one is under way
     */
    public void reauthenticate() {
        Futures.join(reauthenticateAsync());
    }

    /** As {@link #reauthenticate}, but never waits: failures come through the future. */
    public CompletableFuture<Void> reauthenticateAsync() {
        Attempt current = attempt;
        return current == null || state != ConnectionState.CONNECTED
                ? CompletableFuture.failedFuture(Session.lost("The client is not connected.", null))
                : current.reauthenticate().orTimeout(options.answerTimeoutMillis(), TimeUnit.MILLISECONDS);
    }

    Receivers receivers() {
        return receivers;
    }

    /** Ends a subscription without waiting for the answer. */
    void forget(Object receiver, String filter) {
        receivers.remove(receiver);
        dispatcher.remove(TopicFilter.of(filter));
        unsubscribeAsync(List.of(filter), Properties.NONE);
    }
}
