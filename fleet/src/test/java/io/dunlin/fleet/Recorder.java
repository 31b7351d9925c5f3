package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.fleet.scenario.Scenario;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A broker of the imagination, in virtual time: takes all and writes down who said what when. */
final class Recorder implements Uplinks {
    static final long SECOND = 1_000_000_000;

    final VirtualTimeline timeline = new VirtualTimeline();
    final Map<String, Line> lines = new LinkedHashMap<>();
    final Fleet fleet;

    /** What one device did. */
    final class Line implements Uplink {
        final Listener listener;
        final List<String> events = new ArrayList<>();
        final List<Message> messages = new ArrayList<>();
        final List<Will> wills = new ArrayList<>();
        int attempt;
        boolean refuses;

        Line(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void connect(int number, @Nullable Will will) {
            attempt = number;
            event("connect");
            if (will != null) {
                wills.add(will);
            }
            if (refuses) {
                listener.closed(number, "refused");
            } else {
                listener.connected(number);
            }
        }

        @Override
        public void subscribe(String filter, QoS qos) {
            event("subscribe " + filter);
        }

        @Override
        public void publish(Message message) {
            messages.add(message);
            event("publish " + message.topic() + " " + message.qos().value() + (message.retain() ? "r " : " ")
                    + java.util.HexFormat.of().formatHex(message.payload()));
            listener.published(Uplink.Outcome.DELIVERED);
        }

        @Override
        public void disconnect() {
            event("disconnect");
        }

        @Override
        public void cut() {
            event("cut");
        }

        private void event(String what) {
            events.add(timeline.now() + " " + what);
        }

        List<String> texts(String topicPart) {
            return messages.stream()
                    .filter(message -> message.topic().text().contains(topicPart))
                    .map(Message::text)
                    .toList();
        }

        List<Long> secondsOf(Predicate<String> kind) {
            return events.stream()
                    .filter(event -> kind.test(event.substring(event.indexOf(' ') + 1)))
                    .map(event -> Long.parseLong(event.substring(0, event.indexOf(' '))) / SECOND)
                    .toList();
        }
    }

    Recorder(Scenario scenario, long seed) {
        this(scenario, seed, 1);
    }

    Recorder(Scenario scenario, long seed, double scale) {
        fleet = new Fleet(scenario, new Fleet.Options(seed, scale, 1_767_258_000_000L), timeline, this);
    }

    @Override
    public Uplink open(Identity identity, Uplink.Listener listener) {
        Line line = new Line(listener);
        lines.put(identity.clientId(), line);
        return line;
    }

    Recorder runSeconds(long seconds) {
        if (timeline.now() == 0) {
            fleet.start();
        }
        timeline.runUntil(timeline.now() + seconds * SECOND);
        return this;
    }

    Line line(String id) {
        Line line = lines.get(id);
        if (line == null) {
            throw new AssertionError("There is no device " + id + " but " + lines.keySet());
        }
        return line;
    }

    Map<String, List<String>> events() {
        Map<String, List<String>> events = new HashMap<>();
        lines.forEach((id, line) -> events.put(id, line.events));
        return events;
    }
}
