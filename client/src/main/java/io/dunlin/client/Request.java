package io.dunlin.client;

import io.dunlin.client.store.SessionStore;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was asked of the client and is not answered yet. Guarded by the session's lock. */
abstract sealed class Request {
    private Request() {}

    /** A message. */
    static final class Publishing extends Request {
        /** For the objects around a message that waits. */
        private static final int OVERHEAD_BYTES = 64;

        private static final int PAYLOAD_BYTES_SAFE = 100 << 20;

        final Message message;
        final CompletableFuture<PublishResult> result = new CompletableFuture<>();
        /** Its name in the store; 0 where it is not in there. */
        long token;
        /** QoS 2: PUBREC came, so the server has the message and only PUBREL is sent from now on. */
        boolean received;
        /** The connection over which it was sent last, or null. */
        @Nullable
        Connection sentOver;
        /** When it was accepted, as System.nanoTime. */
        final long acceptedNanos;

        Publishing(Message message, long acceptedNanos) {
            this.message = message;
            this.acceptedNanos = acceptedNanos;
        }

        /** What an earlier process had accepted. */
        static Publishing restored(SessionStore.Stored stored, long nowNanos) {
            Publish kept = stored.message();
            Message message = new Message(kept.topic(), kept.payload(), kept.qos(), kept.retain(), kept.properties());
            Publishing result = new Publishing(message, nowNanos);
            result.token = stored.token();
            result.received = stored.released();
            return result;
        }

        /** What it counts for in the buffer. */
        long bytes() {
            return message.payload().length
                    + 2L * message.topic().text().length()
                    + message.properties().weight()
                    + OVERHEAD_BYTES;
        }

        /** Why no packet can be made of the message, or null where one can: found early, not when it is sent again and again. */
        static @Nullable IllegalArgumentException fault(Message message, ProtocolVersion version) {
            if (message.properties().isEmpty() && message.payload().length < PAYLOAD_BYTES_SAFE) {
                return null;
            }
            try {
                PacketEncoder.size(packet(message, 1, false), version);
                return null;
            } catch (IllegalArgumentException e) {
                return e;
            }
        }

        /** As it goes out for the first time, with what is left of its life. [MQTT-3.3.2-6] */
        Publish packet(int id, long nowNanos) {
            long left = secondsLeft(nowNanos);
            long whole = message.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
            Message sent = left == Long.MAX_VALUE || left == whole
                    ? message
                    : message.withProperties(message.properties().without(Property.MESSAGE_EXPIRY_INTERVAL).toBuilder()
                            .number(Property.MESSAGE_EXPIRY_INTERVAL, left)
                            .build());
            return packet(sent, id, false);
        }

        /** As it goes out again, without an alias, which the new connection does not know. */
        Publish again(int id) {
            return packet(message.withProperties(message.properties().without(Property.TOPIC_ALIAS)), id, true);
        }

        static Publish packet(Message message, int id, boolean dup) {
            return new Publish(
                    dup, message.qos(), message.retain(), message.topic(), id, message.properties(), message.payload());
        }

        /** Whole seconds until it expires (3.3.2.3.3); less than 1 where it has, a large number where it never does. */
        long secondsLeft(long nowNanos) {
            long interval = message.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
            return interval < 0 ? Long.MAX_VALUE : interval - (nowNanos - acceptedNanos) / 1_000_000_000L;
        }
    }

    /** A SUBSCRIBE or an UNSUBSCRIBE. */
    static final class Subscribing extends Request {
        /** Makes the packet for this connection and identifier. */
        interface Form {
            Packet packet(int id, Connection connection);
        }

        final Form form;
        /** Hears the answer under the session's lock. */
        final Consumer<List<ReasonCode>> granted;

        final CompletableFuture<SubscribeResult> result = new CompletableFuture<>();

        /** Whether it goes out again over the next connection when this one ends before the answer. */
        final boolean repeats;

        Subscribing(Form form, Consumer<List<ReasonCode>> granted, boolean repeats) {
            this.form = form;
            this.granted = granted;
            this.repeats = repeats;
        }
    }
}
