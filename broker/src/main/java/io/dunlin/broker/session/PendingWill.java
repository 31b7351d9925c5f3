package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Will;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The will of a session (MQTT 5, section 3.1.2.5), from CONNECT until it is published or discarded. Thread: the shard. */
final class PendingWill {
    private static final int OBJECTS_BYTES = 96;

    private final Session session;
    private final Deadline delay = new Deadline() {
        @Override
        protected void due() {
            publish();
        }
    };
    private @Nullable Will will;

    PendingWill(Session session) {
        this.session = session;
    }

    /**
     * The will of a new connection, or null; one that still waits for its delay is not sent [MQTT-3.1.3-9].
     *
     * @return the journal position that holds it
     */
    long replace(@Nullable Will replacement) {
        session.shard().disarm(delay);
        Will old = will;
        hold(replacement); // [MQTT-3.1.2-7]
        if (!session.isDurable() || old == null && replacement == null) {
            return Journal.NOTHING;
        }
        if (replacement == null) {
            return session.append(new JournalRecord.WillCleared(session.clientId()));
        }
        return session.append(new JournalRecord.WillStored(session.clientId(), replacement));
    }

    @Nullable
    Will state() {
        return will;
    }

    /** Takes in what an earlier run left. */
    void restore(@Nullable Will left) {
        hold(left);
    }

    private void hold(@Nullable Will next) {
        Will old = will;
        will = next;
        if (old != null || next != null) {
            session.context().core().willBytes().addAndGet(weight(next) - weight(old));
        }
    }

    /** What it counts for in the limit by bytes. */
    static long weight(@Nullable Will will) {
        return will == null
                ? 0
                : will.payload().length
                        + will.topic().utf8().length
                        + will.properties().weight()
                        + OBJECTS_BYTES;
    }

    /** The session has been without a connection for so long. */
    void resume(long awaySeconds) {
        Will left = will;
        if (left != null) {
            long seconds = Math.min(delaySeconds(left), session.expirySeconds());
            session.shard().arm(delay, TimeUnit.SECONDS.toNanos(Math.max(0, seconds - awaySeconds)));
        }
    }

    /** DISCONNECT with reason 0: there is nothing to tell. */
    void discard() {
        if (will != null) {
            hold(null);
            session.shard().disarm(delay);
            if (session.isDurable()) {
                session.note(new JournalRecord.WillCleared(session.clientId()));
            }
        }
    }

    /** Publishes it now, or after its delay where the session lasts longer than the connection. */
    void connectionEnded() {
        Will waiting = will;
        if (waiting == null) {
            return;
        }
        long seconds = Math.min(delaySeconds(waiting), session.expirySeconds());
        if (seconds == 0) {
            publish();
        } else {
            session.shard().arm(delay, TimeUnit.SECONDS.toNanos(seconds));
        }
    }

    /** Publishes it if it still waits. */
    void sessionEnded() {
        session.shard().disarm(delay);
        publish();
    }

    private void publish() {
        Will due = will;
        if (due != null) {
            Message message = message(due);
            hold(null); // [MQTT-3.1.2-10]
            session.context().publish(session.principal(), message);
            if (session.isDurable()) { // after it: losing both would lose the will
                session.note(new JournalRecord.WillCleared(session.clientId()));
            }
        }
    }

    private Message message(Will due) { // [MQTT-3.1.2-14] [MQTT-3.1.2-15] [MQTT-3.1.3-10]
        return Messages.of(session, due.topic(), due.qos(), due.retain(), due.properties(), due.payload());
    }

    private static long delaySeconds(Will will) {
        return will.properties().number(Property.WILL_DELAY_INTERVAL, 0);
    }
}
