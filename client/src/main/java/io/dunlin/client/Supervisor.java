package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.EventLoop;
import io.dunlin.client.transport.Timer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gets a connection, and another one when it is lost: which address, when, and when to give up. Its state changes on the
 * event loop alone; only the steps that the application asks for begin on its own thread.
 */
final class Supervisor implements Attempt.Listener {
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int REDIRECTS_MAX = 5;

    private final ClientOptions options;
    private final Session session;
    private final Tally tally;
    private final EventLoop loop;
    private final Executor listeners;
    private final Consumer<Connack> onConnack;
    private final StateTeller teller;
    private final ReentrantLock stateLock = new ReentrantLock();
    private volatile ConnectionState state = ConnectionState.DISCONNECTED;
    private volatile String clientId;
    private volatile @Nullable Connack connack;
    private volatile @Nullable MqttException lastFailure;
    private volatile Endpoint endpoint;
    private volatile int failures;

    // for the event loop
    private CompletableFuture<Connack> first = new CompletableFuture<>();
    private List<Endpoint> endpoints;
    private int endpointIndex;
    private int endpointsFailed; // since the last wait
    private @Nullable Endpoint redirectedTo;
    private int redirects;
    private boolean firstRetries;
    private boolean wasConnected;
    private long connectedAt;
    private @Nullable Attempt attempt;
    private @Nullable Timer retry;
    private @Nullable CompletableFuture<@Nullable Void> leaving; // a disconnect under way

    /**
     * @param listeners where the application hears of state changes
     * @param onConnack hears each CONNACK that accepts, before anything is sent after it
     */
    Supervisor(
            ClientOptions options,
            Session session,
            Tally tally,
            EventLoop loop,
            Executor listeners,
            Consumer<Connack> onConnack) {
        this.options = options;
        this.session = session;
        this.tally = tally;
        this.loop = loop;
        this.listeners = listeners;
        this.onConnack = onConnack;
        this.clientId = options.clientId();
        this.endpoints = options.endpoints();
        this.endpoint = endpoints.get(0);
        this.teller = new StateTeller(options.onStateChange(), listeners);
    }

    ConnectionState state() {
        return state;
    }

    String clientId() {
        return clientId;
    }

    ClientStatus status() {
        ConnectionState now = state;
        return new ClientStatus(
                now, clientId, endpoint, failures, lastFailure, now == ConnectionState.CONNECTED ? connack : null);
    }

    boolean inLoop() {
        return loop.inLoop();
    }

    /**
     * Any thread.
     *
     * @param patient whether failures of the first attempt are tried again
     * @return completes with the first CONNACK that accepts, or fails when there will be none
     */
    CompletableFuture<Connack> connect(boolean patient) {
        CompletableFuture<Connack> result = new CompletableFuture<>();
        Attempt.check(options, clientId); // on the caller's thread, so that a fault in the options is thrown there
        stateLock.lock();
        try {
            if (state != ConnectionState.DISCONNECTED) {
                throw new IllegalStateException(
                        state == ConnectionState.CLOSED
                                ? "The client is closed: build another one."
                                : "The client is " + state + " already.");
            }
            change(ConnectionState.CONNECTING, null);
        } finally {
            stateLock.unlock();
        }
        boolean retries = options.reconnect().backoff() != null
                && (patient || options.reconnect().firstToo());
        session.expectConnection(retries);
        loop.execute(() -> {
            first = result;
            if (state == ConnectionState.CONNECTING) {
                firstRetries = retries;
                endpointsFailed = 0;
                failures = 0;
                redirects = 0;
                redirectedTo = null;
                attempt();
            } else {
                result.completeExceptionally(Session.lost("The client was disconnected.", null));
            }
        });
        return result;
    }

    /** On the loop, as all below unless they say otherwise. */
    private void attempt() {
        Endpoint next = redirectedTo == null ? endpoints.get(endpointIndex) : redirectedTo;
        endpoint = next;
        boolean resumes = wasConnected
                && options.version().hasProperties()
                && options.connectProperties().number(Property.SESSION_EXPIRY_INTERVAL, 0) > 0;
        Attempt opened = new Attempt(options, session, clientId, options.cleanStart() && !resumes, next, loop, this);
        attempt = opened;
        opened.open(listeners);
    }

    @Override
    public void onConnected(Attempt connected, String id, Connack answer) {
        if (attempt != connected) {
            return;
        }
        clientId = id;
        connack = answer;
        onConnack.accept(answer);
        wasConnected = true;
        connectedAt = Ticks.now();
        endpointsFailed = 0;
        tally.add(Tally.Count.CONNECTIONS);
        session.expectConnection(options.reconnect().backoff() != null);
    }

    @Override
    public void onAttached(Attempt connected, Connack answer) {
        if (attempt != connected) {
            return;
        }
        stateLock.lock();
        try {
            if (state == ConnectionState.CONNECTING || state == ConnectionState.RECONNECTING) {
                change(ConnectionState.CONNECTED, null);
            }
        } finally {
            stateLock.unlock();
        }
        first.complete(answer);
    }

    @Override
    public void onEnd(Attempt ended, @Nullable MqttException cause) {
        if (attempt != ended) {
            return;
        }
        attempt = null;
        boolean stood = state == ConnectionState.CONNECTED;
        MqttException reason = cause == null ? Session.lost("The connection was closed.", null) : cause;
        if (cause != null) {
            lastFailure = cause;
        }
        if (stood && cause != null) {
            tally.add(Tally.Count.CONNECTIONS_LOST);
        }
        if (state == ConnectionState.DISCONNECTED || state == ConnectionState.CLOSED || cause == null) {
            stop(ConnectionState.DISCONNECTED, reason, cause);
            return;
        }
        if (stood) {
            boolean steady = Ticks.now() - connectedAt > STEADY_NANOS;
            failures = steady ? 0 : failures;
            redirects = steady ? 0 : redirects;
            endpointsFailed = 0;
        }
        Endpoint named = options.reconnect().redirects() && redirects < REDIRECTS_MAX ? redirect(cause) : null;
        if (named != null) {
            redirects++;
            redirectedTo = named;
            if (stood) {
                changeFrom(ConnectionState.CONNECTED, ConnectionState.RECONNECTING, cause);
            }
            attempt();
            return;
        }
        redirectedTo = null;
        goOn(stood, cause);
    }

    /** After a failure or a loss: the next address, a wait, or the end. */
    private void goOn(boolean stood, MqttException cause) {
        Backoff backoff = options.reconnect().backoff();
        boolean isFirst = state == ConnectionState.CONNECTING;
        if (!stood) {
            endpointsFailed++;
            endpointIndex = (endpointIndex + 1) % endpoints.size();
            if (endpointsFailed < endpoints.size() && (isFirst || backoff != null)) {
                attempt();
                return;
            }
        }
        if (backoff == null
                || backoff.isSpent(failures + 1)
                || isFirst && (!firstRetries || isForGood(cause))
                || cause instanceof ConnectionLost lost && lost.reason() == ReasonCode.SESSION_TAKEN_OVER) {
            stop(ConnectionState.DISCONNECTED, cause, cause);
            return;
        }
        endpointsFailed = 0;
        int failed = failures + 1;
        failures = failed;
        stateLock.lock();
        try {
            if (state != ConnectionState.RECONNECTING) {
                change(ConnectionState.RECONNECTING, cause);
            }
        } finally {
            stateLock.unlock();
        }
        long wait = isForGood(cause) ? backoff.max().toNanos() : backoff.nanos(failed, ThreadLocalRandom.current());
        retry = loop.schedule(wait, this::attempt);
    }

    /** Refusals that another attempt with the same words will not change. */
    private static boolean isForGood(MqttException cause) {
        if (!(cause instanceof ConnectRefused refused)) {
            return false;
        }
        return switch (refused.reason()) {
            case UNSUPPORTED_PROTOCOL_VERSION,
                    CLIENT_IDENTIFIER_NOT_VALID,
                    BAD_USER_NAME_OR_PASSWORD,
                    NOT_AUTHORIZED,
                    BANNED,
                    BAD_AUTHENTICATION_METHOD,
                    MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    TOPIC_NAME_INVALID,
                    PACKET_TOO_LARGE,
                    QOS_NOT_SUPPORTED,
                    RETAIN_NOT_SUPPORTED -> true;
            default -> false;
        };
    }

    /** The server that this one names, or null. A permanent move replaces the list. */
    private @Nullable Endpoint redirect(MqttException cause) {
        String reference = cause instanceof ConnectRefused refused
                ? refused.serverReference()
                : cause instanceof ConnectionLost lost ? lost.serverReference() : null;
        ReasonCode reason = cause instanceof ConnectRefused refused
                ? refused.reason()
                : cause instanceof ConnectionLost lost ? lost.reason() : null;
        if (reference == null || reason != ReasonCode.USE_ANOTHER_SERVER && reason != ReasonCode.SERVER_MOVED) {
            return null;
        }
        List<Endpoint> named = ServerReference.parse(reference, endpoint);
        if (named.isEmpty()) {
            return null;
        }
        if (reason == ReasonCode.SERVER_MOVED) {
            endpoints = named;
            endpointIndex = 0;
        }
        return named.get(0);
    }

    /** Any thread. */
    CompletableFuture<Void> reauthenticate() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        loop.execute(() -> {
            Attempt current = attempt;
            if (current == null || state != ConnectionState.CONNECTED) {
                result.completeExceptionally(Session.lost("The client is not connected.", null));
                return;
            }
            current.reauthenticate().whenComplete((nothing, failure) -> {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(Futures.cause(failure));
                }
            });
        });
        return result;
    }

    /** Any thread. Completes when the connection has ended; one that comes while another is under way waits for that one. */
    CompletableFuture<@Nullable Void> disconnect(Disconnect farewell, ConnectionState last) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.execute(() -> leave(farewell, last, done));
        return done;
    }

    private void leave(Disconnect farewell, ConnectionState last, CompletableFuture<@Nullable Void> done) {
        Timer pending = retry;
        if (pending != null) {
            pending.cancel();
            retry = null;
        }
        MqttException cause = Session.lost(
                last == ConnectionState.CLOSED ? "The client was closed." : "The client was disconnected.", null);
        Attempt current = attempt;
        CompletableFuture<@Nullable Void> before = leaving;
        if (before != null) {
            before.thenRun(() -> leave(farewell, last, done));
        } else if (current == null) {
            stop(last, cause, null);
            done.complete(null);
        } else {
            attempt = null;
            leaving = done;
            current.disconnect(farewell, () -> {
                leaving = null;
                stop(last, cause, null);
                done.complete(null);
            });
        }
    }

    /** Tells the session first, so that who hears of the state finds things as it says. */
    private void stop(ConnectionState last, MqttException cause, @Nullable MqttException told) {
        session.giveUp(cause);
        stateLock.lock();
        try {
            if (state != last && state != ConnectionState.CLOSED) {
                change(last, told);
            }
        } finally {
            stateLock.unlock();
        }
        first.completeExceptionally(cause);
    }

    private void changeFrom(ConnectionState from, ConnectionState to, @Nullable MqttException cause) {
        stateLock.lock();
        try {
            if (state == from) {
                change(to, cause);
            }
        } finally {
            stateLock.unlock();
        }
    }

    /** Under the lock, so that changes are told in their order. */
    private void change(ConnectionState to, @Nullable MqttException cause) {
        ConnectionState from = state;
        state = to;
        teller.tell(new ConnectionState.Change(from, to, cause));
    }
}
