package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import org.jspecify.annotations.Nullable;

/**
 * What a device knows of its connection. All methods return at once and throw nothing; they are called on the thread of the
 * timeline. What comes of them goes to the {@link Listener}.
 */
public interface Uplink {
    /** Connects. @param attempt comes back in the listener's calls, so that old news is told from new */
    void connect(int attempt, @Nullable Will will);

    void subscribe(String filter, QoS qos);

    void publish(Message message);

    /** Ends the connection with DISCONNECT. The listener hears nothing of it. */
    void disconnect();

    /** Ends the connection without a word, so that the broker publishes the will. The listener hears nothing of it. */
    void cut();

    /** Called from any thread. */
    interface Listener {
        void connected(int attempt);

        /** The connection could not be made, or ended by itself. @param why a sentence */
        void closed(int attempt, String why);

        void received(String topic, byte[] payload);

        /** What became of a message. */
        void published(Outcome outcome);
    }

    /** What became of a message. */
    enum Outcome {
        /** Written (QoS 0) or taken by the broker (QoS 1 and 2). */
        DELIVERED,
        /** The broker answered that it does not take it. */
        REFUSED,
        /** Not written, or not answered before the device gave up. */
        LOST
    }
}
