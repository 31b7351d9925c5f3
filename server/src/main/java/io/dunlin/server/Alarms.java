package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.server.sys.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Alarms: raised while something needs a person, cleared when it does not. In the log, retained under {@code $SYS/broker/alarms/}, and as
 * a command. Thread: any; looks on a thread of its own.
 */
final class Alarms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final String PREFIX = "$SYS/broker/alarms/";
    private static final List<String> SEVERITIES = List.of(AlarmRules.WARNING, AlarmRules.CRITICAL);
    private static final int EVERY_SECONDS = 10;
    private static final int CLEARED_MAX = 100;

    private final Supplier<Map<String, Finding>> look;
    private final Consumer<Message> publish;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("alarms").daemon().factory());
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Alarm> active = new LinkedHashMap<>(); // these two: under the lock
    private final List<Alarm> cleared = new ArrayList<>();

    /** @param severity warning or critical @param message a sentence that says what to do */
    record Finding(String severity, String message) {}

    /** @param deactivateAt null while it is raised */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Alarm(
            String name,
            String severity,
            boolean active,
            String message,
            Instant activateAt,
            @Nullable Instant deactivateAt) {}

    /** @param look what is wrong now, by the name of the alarm; asked on its thread alone */
    Alarms(Supplier<Map<String, Finding>> look, Consumer<Message> publish, Clock clock) {
        this.look = look;
        this.publish = publish;
        this.clock = clock;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::guarded, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    void addTo(ControlCommands commands) {
        commands.add("alarms.list", request -> list());
    }

    /** Adds what is raised, and what is not, to the figures that Prometheus reads. */
    MetricSet addTo(MetricSet metrics) {
        List<Alarm> all = list();
        for (String severity : SEVERITIES) {
            long raised = all.stream()
                    .filter(alarm -> alarm.active() && alarm.severity().equals(severity))
                    .count();
            metrics.gauge("dunlin_alarms", "Alarms that are raised", raised, "severity", severity);
        }
        Map<String, Boolean> raised = new LinkedHashMap<>();
        AlarmRules.NAMES.forEach(name -> raised.put(name, false)); // a rule can look at what was never raised
        all.forEach(alarm -> raised.merge(alarm.name(), alarm.active(), Boolean::logicalOr));
        raised.forEach((name, active) -> metrics.gauge(
                "dunlin_alarm_active",
                "1 for an alarm that is raised, 0 for one that is not",
                active ? 1 : 0,
                "name",
                name));
        return metrics;
    }

    /** The raised ones, then the cleared, the latest first. */
    List<Alarm> list() {
        lock.lock();
        try {
            List<Alarm> all = new ArrayList<>(active.values());
            all.addAll(cleared.reversed());
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void guarded() {
        try {
            check();
        } catch (RuntimeException e) { // one bad look does not end the others
            LOG.warn("the alarms could not be looked after", e);
        }
    }

    /** Looks once. */
    void check() {
        Map<String, Finding> now = look.get();
        Instant at = Instant.ofEpochMilli(clock.wallMillis());
        List<Alarm> changed = new ArrayList<>();
        lock.lock();
        try {
            for (Alarm old : List.copyOf(active.values())) {
                if (!now.containsKey(old.name())) {
                    active.remove(old.name());
                    Alarm over = new Alarm(old.name(), old.severity(), false, old.message(), old.activateAt(), at);
                    cleared.add(over);
                    changed.add(over);
                }
            }
            if (cleared.size() > CLEARED_MAX) {
                cleared.removeFirst();
            }
            now.forEach((name, finding) -> {
                Alarm before = active.get(name);
                Instant since = before == null ? at : before.activateAt();
                Alarm raised = new Alarm(name, finding.severity(), true, finding.message(), since, null);
                active.put(name, raised);
                if (before == null || !before.severity().equals(raised.severity())) {
                    changed.add(raised);
                }
            });
        } finally {
            lock.unlock();
        }
        changed.forEach(this::tell);
    }

    private void tell(Alarm alarm) {
        if (alarm.active()) {
            LOG.warn("alarm {}: {}", alarm.name(), alarm.message());
        } else {
            LOG.info("alarm {} is over", alarm.name());
        }
        String text = new JsonText()
                .text("name", alarm.name())
                .text("severity", alarm.severity())
                .flag("active", alarm.active())
                .text("message", alarm.message())
                .text("activate_at", alarm.activateAt().toString())
                .toString();
        publish.accept(new Message(
                TopicName.of(PREFIX + alarm.name()),
                QoS.AT_LEAST_ONCE,
                true,
                Properties.NONE,
                text.getBytes(StandardCharsets.UTF_8),
                "",
                Message.NEVER));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
