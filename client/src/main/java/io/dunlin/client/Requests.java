package io.dunlin.client;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of one client (4.10): one subscription for all replies, made with the first request, and the correlation data
 * tells which request a reply is for. Any thread.
 */
final class Requests {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MqttClient client;
    private final boolean possible;
    /** Of this object alone, so that a reply to an earlier process is never taken for one to this. */
    private final long own = RANDOM.nextLong();

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final Map<Long, CompletableFuture<Delivery>> pending = new ConcurrentHashMap<>();
    private final ReplySubscription replies;

    /** @param renewed whether the client itself subscribes again where the server has lost the session */
    Requests(MqttClient client, boolean possible, boolean renewed) {
        this.client = client;
        this.possible = possible;
        this.replies = new ReplySubscription(client, renewed, HexFormat.of().toHexDigits(own), this::onReply);
    }

    void onConnack(Connack connack) {
        replies.onConnack(connack);
    }

    /** Replies that came when nobody waited for them any more, or never did. */
    long late() {
        return late.get();
    }

    /** Ends by itself: with the reply, with what the server refused, or with TimedOut. */
    CompletableFuture<Delivery> send(Message message, Duration timeout) {
        if (!possible) {
            throw new IllegalStateException(
                    "Requests need MQTT 5, which has a response topic: connect with version 5, or put the topic of the reply"
                            + " into the payload.");
        }
        long id = next.incrementAndGet();
        CompletableFuture<Delivery> reply =
                new CompletableFuture<Delivery>().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        pending.put(id, reply);
        replies.whenReady((topic, failure) -> {
            if (failure != null) {
                reply.completeExceptionally(failure);
            } else if (topic != null && !reply.isDone()) {
                publish(message, topic, id, reply);
            }
        });
        // On threads that may block: what follows a reply may ask again, and must not hold the other replies.
        return reply.handleAsync(
                (delivery, failure) -> {
                    pending.remove(id);
                    if (failure == null) {
                        return delivery;
                    }
                    throw Futures.cause(failure) instanceof TimeoutException
                            ? new TimedOut("No reply to the request on " + message.topic() + " came within "
                                    + timeout.toMillis() + " ms.")
                            : unchecked(Futures.cause(failure));
                },
                HandlerThreads.shared());
    }

    private static RuntimeException unchecked(Throwable cause) {
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    private void publish(Message message, String topic, long id, CompletableFuture<Delivery> reply) {
        Properties properties =
                message.properties().without(Property.RESPONSE_TOPIC, Property.CORRELATION_DATA).toBuilder()
                        .text(Property.RESPONSE_TOPIC, topic)
                        .binary(Property.CORRELATION_DATA, correlation(id))
                        .build();
        client.publishAsync(message.withProperties(properties)).whenComplete((result, failure) -> {
            if (failure != null) {
                reply.completeExceptionally(Futures.cause(failure));
            } else if (!result.isAccepted()) {
                reply.completeExceptionally(new RequestRefused(
                        "The server refused the request on " + message.topic(), result.reason(), result.properties()));
            } else if (result.reason() == ReasonCode.NO_MATCHING_SUBSCRIBERS && !message.retain()) {
                reply.completeExceptionally(new RequestRefused(
                        "Nobody is there to answer on " + message.topic(), result.reason(), result.properties()));
            }
        });
    }

    private byte[] correlation(long id) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(own).putLong(id).array();
    }

    private void onReply(Delivery delivery) {
        byte[] correlation = delivery.properties().binary(Property.CORRELATION_DATA);
        CompletableFuture<Delivery> reply = null;
        if (correlation != null && correlation.length == 2 * Long.BYTES) {
            ByteBuffer fields = ByteBuffer.wrap(correlation);
            reply = fields.getLong() == own ? pending.remove(fields.getLong()) : null;
        }
        if (reply == null || !reply.complete(delivery)) {
            late.incrementAndGet();
        }
    }
}
