package io.dunlin.client;

import io.dunlin.client.store.FileStore;
import io.dunlin.client.store.MemoryStore;
import io.dunlin.client.store.SessionStore;
import io.dunlin.client.transport.EventLoop;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an MQTT server and the session behind it. Safe for use by many threads. Blocking calls may be made in
 * handlers and listeners, unless these run directly on the client's network thread.
 *
 * <p>A client that loses its connection gets another one by itself, unless {@link ClientBuilder#noReconnect} was chosen, and
 * subscribes again where the server has lost the session. Meanwhile messages wait in the {@link OfflineBuffer}, and requests
 * to subscribe wait too. Messages of QoS 1 and 2 that were under way go on, as the server still knows the session, or as the
 * rules for a lost session say (QoS 1 again; QoS 2 fails, as nobody can know whether the server had it).
 */
public final class MqttClient implements AutoCloseable {
    private static final long CLOSE_SECONDS_MAX = 10;

    private final ClientOptions options;
    private final Tally tally;
    private final Dispatcher dispatcher;
    private final Session session;
    private final Supervisor supervisor;
    private final Receivers receivers = new Receivers();
    private final Requests requests;

    MqttClient(ClientOptions options) {
        this.options = options;
        this.tally = new Tally();
        this.dispatcher = new Dispatcher(options, tally);
        this.session = new Session(options, dispatcher, tally, store(options.buffer()));
        this.requests =
                new Requests(this, options.version().hasProperties(), options.resubscribe() != Resubscribe.NEVER);
        this.supervisor =
                new Supervisor(options, session, tally, EventLoop.shared(), dispatcher.executor(), requests::onConnack);
        dispatcher.onFullness(session::updateReading);
    }

    private static SessionStore store(OfflineBuffer buffer) {
        Path file = buffer.file();
        if (file == null) {
            return new MemoryStore();
        }
        return buffer.forced() ? FileStore.at(file).forced() : FileStore.at(file);
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
        try {
            client.connect();
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
        return client;
    }

    /**
     * Connects to the first address that answers, and waits for CONNACK. With {@link ClientBuilder#retryFirstConnect} it waits
     * until a connection stands or the server refuses for good.
     *
     * @throws ConnectFailed where no address can be reached
     * @throws ConnectRefused where the server refuses
     * @throws TimedOut where CONNACK does not come in time, or the thread is interrupted
     * @throws IllegalStateException where the client is connected, connecting or closed already
     */
    public Connack connect() {
        requireOtherThread();
        CompletableFuture<Connack> asked = supervisor.connect(false);
        try {
            return asked.get();
        } catch (InterruptedException e) {
            disconnectAsync(ReasonCode.SUCCESS, Properties.NONE);
            Thread.currentThread().interrupt();
            throw new TimedOut("The thread was interrupted while it connected.");
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    /**
     * As {@link #connect()}, but never waits.
     *
     * @throws IllegalStateException where the client is connected, connecting or closed already
     */
    public CompletableFuture<Connack> connectAsync() {
        return supervisor.connect(false);
    }

    /**
     * Tries until a connection stands, and never waits. What is published meanwhile waits in the {@link OfflineBuffer}.
     *
     * @return completes with the first connection, or fails where the client gives up
     * @throws IllegalStateException where the client is connected, connecting or closed already
     */
    public CompletableFuture<Connack> connectInBackground() {
        return supervisor.connect(true);
    }

    public ConnectionState state() {
        return supervisor.state();
    }

    public ClientStatus status() {
        return supervisor.status();
    }

    /** What was counted until now, and what is under way. */
    public ClientMetrics metrics() {
        long[] underWay = session.underWay();
        return new ClientMetrics(
                tally.get(Tally.Count.PUBLISHED),
                tally.get(Tally.Count.COMPLETED),
                tally.get(Tally.Count.RECEIVED),
                tally.get(Tally.Count.HANDLED),
                tally.get(Tally.Count.HANDLER_FAILURES),
                tally.get(Tally.Count.CONNECTIONS),
                tally.get(Tally.Count.CONNECTIONS_LOST),
                tally.get(Tally.Count.SESSIONS_LOST),
                tally.dropped(),
                (int) underWay[0],
                underWay[1],
                (int) underWay[2],
                (int) underWay[3]);
    }

    /** As given, or as the server assigned it; empty before that. */
    public String clientId() {
        return supervisor.clientId();
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
     * @throws LimitExceeded where the server takes no such message, or the buffer is full
     * @throws ConnectionLost where there is no connection and none is tried for; at QoS 1 and 2 a message that was accepted
     *     goes on with the next one
     * @throws TimedOut where the answer does not come in time; the message stays on its way
     */
    public PublishResult publish(Message message) {
        return await(session.publish(message, false), "The server did not answer a PUBLISH in time.");
    }

    /**
     * As {@link #publish(Message)}, but never waits: failures come through the future. Where it does not fail at once, the
     * message was accepted. The future completes on the client's network thread, so what follows on it must not block (use the
     * {@code ...Async} methods of CompletableFuture).
     */
    public CompletableFuture<PublishResult> publishAsync(Message message) {
        return session.publish(message, false);
    }

    /** As {@link #publishAsync(Message)} of these bytes. */
    public CompletableFuture<PublishResult> publishAsync(String topic, byte[] payload, QoS qos) {
        return publishAsync(Message.of(topic, payload).withQos(qos));
    }

    /**
     * Publishes where there is room, without anything having to go for it, and never waits.
     *
     * @return false where window and buffer are full
     * @throws MqttException where the message cannot be accepted for another reason
     */
    public boolean tryPublish(Message message) {
        CompletableFuture<PublishResult> result = session.publish(message, true);
        if (!result.isCompletedExceptionally()) {
            return true;
        }
        try {
            result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LimitExceeded limit && limit.reason() == ReasonCode.QUOTA_EXCEEDED) {
                return false;
            }
            throw thrown(e);
        }
        return true;
    }

    /**
     * Subscribes at QoS 2 with one handler for all messages that match. A handler that the filter had before is replaced.
     *
     * @throws MqttException as {@link #subscribe(List, Properties)}
     */
    public SubscribeResult subscribe(String filter, Consumer<Delivery> handler) {
        return subscribe(Subscription.of(filter).withQos(QoS.EXACTLY_ONCE), handler);
    }

    public SubscribeResult subscribe(Subscription subscription, Consumer<Delivery> handler) {
        return subscribe(subscription, handler, options.handling());
    }

    public SubscribeResult subscribe(Subscription subscription, Consumer<Delivery> handler, Handling handling) {
        return await(
                subscribeAsync(subscription, handler, handling, Properties.NONE),
                "The server did not answer a SUBSCRIBE in time.");
    }

    /**
     * As {@link #subscribe(Subscription, Consumer, Handling)}, but never waits. The handler is in place when this returns.
     *
     * @param properties of SUBSCRIBE; ignored before MQTT 5
     */
    public CompletableFuture<SubscribeResult> subscribeAsync(
            Subscription subscription, Consumer<Delivery> handler, Handling handling, Properties properties) {
        Route route = dispatcher.add(
                TopicFilter.of(subscription.filter()),
                handler,
                handling,
                options.version().hasProperties(),
                false);
        return session.subscribe(List.of(subscription), properties, route.subscriptionId);
    }

    /**
     * Subscribes, and waits for SUBACK. Messages go to the handlers that {@link ClientBuilder#onMessage(Consumer)} and earlier
     * calls put in place. Each filter has its own answer.
     *
     * @throws ConnectionLost where there is no connection and none is tried for
     * @throws TimedOut where the answer does not come in time
     */
    public SubscribeResult subscribe(List<Subscription> subscriptions, Properties properties) {
        return await(subscribeAsync(subscriptions, properties), "The server did not answer a SUBSCRIBE in time.");
    }

    public CompletableFuture<SubscribeResult> subscribeAsync(List<Subscription> subscriptions, Properties properties) {
        return session.subscribe(subscriptions, properties, 0);
    }

    /**
     * Unsubscribes, waits for UNSUBACK, lets the filter's handler go, and waits until it has handled what had come: for the answer
     * time-out at most, and not where it is called in a handler of this client.
     *
     * @throws ConnectionLost where there is no connection and none is tried for
     * @throws TimedOut where the answer does not come in time
     */
    public SubscribeResult unsubscribe(String filter) {
        SubscribeResult result = await(
                unsubscribeAsync(List.of(filter), Properties.NONE),
                "The server did not answer an UNSUBSCRIBE in time.");
        Route route = placed(filter);
        if (route != null) {
            boolean waits = !route.paced && !dispatcher.isHandler(Thread.currentThread());
            dispatcher.remove(route);
            if (waits) {
                awaitIdle(route);
            }
        }
        return result;
    }

    private void awaitIdle(Route route) {
        try {
            route.awaitIdle(options.answerTimeoutMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #unsubscribe}, but never waits and leaves the handlers as they are. */
    public CompletableFuture<SubscribeResult> unsubscribeAsync(List<String> filters, Properties properties) {
        return session.unsubscribe(filters, properties);
    }

    /** Lets the handler of this filter go, without telling the server. */
    public void removeHandler(String filter) {
        dispatcher.remove(TopicFilter.of(filter));
    }

    private <T> T await(CompletableFuture<T> result, String late) {
        if (!result.isDone()) {
            requireOtherThread();
        }
        try {
            CompletableFuture<MqttException> gone = session.gone();
            if (!result.isDone()) {
                CompletableFuture.anyOf(result, gone).get(options.answerTimeoutMillis(), TimeUnit.MILLISECONDS);
                if (!result.isDone()) {
                    throw gone.get();
                }
            }
            return result.get();
        } catch (TimeoutException e) {
            throw new TimedOut(late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimedOut("The thread was interrupted while it waited.");
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    static void requireOtherThread() {
        if (EventLoop.isLoopThread()) {
            throw new IllegalStateException(
                    "This call waits for the network, on the network's own thread: use its ...Async form here.");
        }
    }

    private static RuntimeException thrown(Exception e) {
        return e.getCause() instanceof MqttException cause ? cause : new IllegalStateException(e.getCause());
    }

    /**
     * Waits until everything that was accepted is written or answered.
     *
     * @return false where that takes longer than so
     */
    public boolean flush(Duration atMost) {
        requireOtherThread();
        try {
            session.whenIdle().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    /** As {@link #disconnect(ReasonCode, Properties)} without a reason to give. */
    public void disconnect() {
        disconnect(ReasonCode.SUCCESS, Properties.NONE);
    }

    /**
     * Sends DISCONNECT after all that waits to be written, and closes; the client does not connect again by itself. Before
     * MQTT 5 reason and properties are not sent, and DISCONNECT_WITH_WILL closes without DISCONNECT, so that the will is
     * published. Messages of QoS 1 and 2 that are still under way go on with the next {@link #connect}. Nothing happens where
     * there is no connection.
     */
    public void disconnect(ReasonCode reason, Properties properties) {
        requireOtherThread();
        waitFor(disconnectAsync(reason, properties));
    }

    /** As {@link #disconnect(ReasonCode, Properties)}, but never waits. */
    public CompletableFuture<@Nullable Void> disconnectAsync(ReasonCode reason, Properties properties) {
        return supervisor.disconnect(new Disconnect(reason, properties), ConnectionState.DISCONNECTED);
    }

    private static void waitFor(CompletableFuture<@Nullable Void> end) {
        try {
            end.get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The connection did not end.", e);
        }
    }

    /**
     * {@link #disconnect()} for good. What is still under way fails; what a file keeps stays there for the next process. Call
     * {@link #flush} before where that matters.
     */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> end =
                supervisor.disconnect(new Disconnect(ReasonCode.SUCCESS, Properties.NONE), ConnectionState.CLOSED);
        end = end.thenRun(() -> session.close(Session.lost("The client was closed.", null)));
        try {
            if (!supervisor.inLoop()) {
                waitFor(end);
            }
        } finally {
            receivers.close();
        }
    }

    /** As {@link #subscribe(Subscription, Consumer)}, but never waits. The handler is in place when this returns. */
    public CompletableFuture<SubscribeResult> subscribeAsync(Subscription subscription, Consumer<Delivery> handler) {
        return subscribeAsync(subscription, handler, options.handling(), Properties.NONE);
    }

    /**
     * Subscribes, and keeps the messages to be fetched, each acknowledged as it is taken out. A handler, queue or flow that the
     * filter had before is replaced and gets nothing any more.
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
     * subscription. A handler, queue or flow that the filter had before is replaced and gets nothing any more.
     *
     * @param capacity 1 or more messages that wait for demand at most; beyond it, as {@link MessageQueue} says
     */
    public Flow.Publisher<Delivery> flow(String filter, QoS qos, int capacity) {
        return new MessageFlow(this, Subscription.of(filter).withQos(qos), capacity, dispatcher.executor());
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
     * @throws IllegalStateException before MQTT 5, which has no response topic; or on a thread of the network
     */
    public Delivery request(Message message, Duration timeout) {
        requireOtherThread();
        return Futures.join(requestAsync(message, timeout));
    }

    /**
     * As {@link #request(Message, Duration)}, but never waits: failures come through the future. Stages that depend on it run on
     * threads that may block.
     */
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
     * @throws IllegalStateException where the builder got no {@link Authentication}, or one is under way; or on a thread of the
     *     network
     */
    public void reauthenticate() {
        requireOtherThread();
        Futures.join(reauthenticateAsync());
    }

    /** As {@link #reauthenticate}, but never waits: failures come through the future. */
    public CompletableFuture<Void> reauthenticateAsync() {
        return supervisor.reauthenticate().orTimeout(options.answerTimeoutMillis(), TimeUnit.MILLISECONDS);
    }

    Receivers receivers() {
        return receivers;
    }

    /** What is in place for this very filter. */
    @Nullable
    Route placed(String filter) {
        return dispatcher.find(TopicFilter.of(filter));
    }

    /** Puts a receiver's handler in place; an earlier one of the same filter goes away. */
    Route place(Subscription subscription, Consumer<Delivery> handler) {
        return dispatcher.add(
                TopicFilter.of(subscription.filter()),
                handler,
                options.handling(),
                options.version().hasProperties(),
                true);
    }

    void putBack(Route route, @Nullable Route replaced) {
        dispatcher.putBack(route, replaced);
    }

    SubscribeResult subscribe(Subscription subscription, Route route) {
        return await(subscribeAsync(subscription, route), "The server did not answer a SUBSCRIBE in time.");
    }

    CompletableFuture<SubscribeResult> subscribeAsync(Subscription subscription, Route route) {
        return session.subscribe(List.of(subscription), Properties.NONE, route.subscriptionId);
    }

    /** Ends a subscription, without waiting for the answer, where its handler is still the one in place. */
    void forget(Object receiver, @Nullable Route route) {
        receivers.remove(receiver);
        if (route != null && route.filter != null && dispatcher.remove(route)) {
            unsubscribeAsync(List.of(route.filter.text()), Properties.NONE);
        }
    }
}
