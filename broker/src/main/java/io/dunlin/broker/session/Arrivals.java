package io.dunlin.broker.session;

import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.Objects;

/** Finds or makes the session of a client that was let in. Thread: the shard of the session. */
final class Arrivals {
    private Arrivals() {}

    /** @param elsewhere runs where the session turned up on another shard meanwhile */
    static void open(ShardContext here, Arrival arrival, Runnable elsewhere) {
        if (!arrival.link().isOpen()) {
            return;
        }
        Core core = here.core();
        Session known = core.registry().find(arrival.principal().clientId());
        if (known != null && known.shard() != here.shard()) {
            elsewhere.run();
            return;
        }
        long after = Journal.NOTHING;
        if (known != null) {
            known.takenOver(); // [MQTT-3.1.4-3]
            boolean ofAnother = !Objects.equals(
                    known.principal().username(), arrival.principal().username());
            if (arrival.connect().cleanStart() || ofAnother) { // nobody inherits another user's messages
                after = known.end(arrival.durability()); // [MQTT-3.1.2-4] [MQTT-3.1.4-4]
            }
            if (!known.isEnded()) { // [MQTT-3.1.2-5] [MQTT-3.2.2-3]
                known.arrive(arrival, true);
                return;
            }
        }
        if (core.registry().size() >= core.options().sessions().sessionsMax()) {
            refuse(here, arrival, "too many sessions");
            return;
        }
        if (arrival.negotiated().sessionExpirySeconds() > 0
                && here.shard().journal().condition().isRefusing()) {
            refuse(here, arrival, "the broker can store no more sessions at this time");
            return;
        }
        Session fresh = new Session(here, arrival.principal()); // [MQTT-3.1.2-6]
        if (core.registry().claim(fresh) != null) {
            elsewhere.run();
            return;
        }
        fresh.arrive(arrival, false, after);
    }

    private static void refuse(ShardContext here, Arrival arrival, String why) {
        here.counters().increment(Counter.CONNECTIONS_REFUSED);
        here.shard()
                .recorder()
                .note(Happening.CONNECT_REFUSED, arrival.principal().clientId(), "", why);
        arrival.link()
                .send(new Connack(
                        false,
                        ReasonCode.QUOTA_EXCEEDED,
                        arrival.connackProperties().toBuilder()
                                .text(Property.REASON_STRING, why)
                                .build()));
        arrival.link().close();
    }
}
