package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import org.jspecify.annotations.Nullable;

/** Uplinks without a broker: connect at once and hand each message to a reader, in order of time. */
public final class DryUplinks implements Uplinks {
    private final Reader reader;

    /** Gets the messages, on the thread of the timeline. */
    public interface Reader {
        void message(String clientId, Message message);
    }

    public DryUplinks(Reader reader) {
        this.reader = reader;
    }

    @Override
    public Uplink open(Identity identity, Uplink.Listener listener) {
        return new Uplink() {
            @Override
            public void connect(int attempt, @Nullable Will will) {
                listener.connected(attempt);
            }

            @Override
            public void subscribe(String filter, QoS qos) {
                // nobody sends commands here
            }

            @Override
            public void publish(Message message) {
                reader.message(identity.clientId(), message);
                listener.published(Outcome.DELIVERED);
            }

            @Override
            public void disconnect() {
                // there is no connection
            }

            @Override
            public void cut() {
                // there is no connection
            }
        };
    }
}
