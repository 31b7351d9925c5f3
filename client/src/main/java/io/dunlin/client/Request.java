package io.dunlin.client;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What was asked of the client and is not answered yet. Guarded by the session's lock. */
abstract sealed class Request {
    private Request() {}

    /** A message. */
    static final class Publishing extends Request {
        /** For the objects around a message that waits. */
        private static final int OVERHEAD_BYTES = 64;

        final Message message;
        final CompletableFuture<PublishResult> result = new CompletableFuture<>();
        /** Its name in the store; 0 where it is not in there. */
        long token;
        /** QoS 2: PUBREC came, so the server has the message and only PUBREL is sent from now on. */
        boolean received;
        /** When it was accepted, as System.nanoTime. */
        final long acceptedNanos;

        Publishing(Message message, long acceptedNanos) {
            this.message = message;
            this.acceptedNanos = acceptedNanos;
        }

        /** What it counts for in the buffer. */
        long bytes() {
            return message.payload().length
                    + 2L * message.topic().text().length()
                    + message.properties().weight()
                    + OVERHEAD_BYTES;
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
