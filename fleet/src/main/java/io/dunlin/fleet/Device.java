package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.fleet.model.Rng;
import io.dunlin.fleet.model.Span;
import io.dunlin.fleet.payload.Json;
import io.dunlin.fleet.payload.Value;
import io.dunlin.fleet.scenario.DeviceValues;
import io.dunlin.fleet.scenario.Group;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One device: measures and publishes by its plans, obeys commands, sleeps and wakes. On the thread of the timeline. */
final class Device implements Line.Owner {
    private static final double NANOS = 1e9;
    private static final double HIDDEN_CHECK_SECONDS = 1;
    private static final Span REBOOT = Span.of(5);

    private final Group group;
    private final Timeline timeline;
    private final Tally tally;
    private final DeviceValues values;
    private final Line line;
    private final Rng behaviour;
    private final List<Feed> feeds = new ArrayList<>();
    private final @Nullable SparkplugNode sparkplug;
    private boolean hushed;

    /** One kind of message and where it stands. */
    private static final class Feed {
        private final Group.MessagePlan plan;
        private final Rng rng;
        private long sequence;
        private String last = "";

        Feed(Group.MessagePlan plan, Rng rng) {
            this.plan = plan;
            this.rng = rng;
        }
    }

    Device(Group group, int index, Fleet.Options options, Timeline timeline, Uplinks uplinks, Tally tally) {
        this.group = group;
        this.timeline = timeline;
        this.tally = tally;
        this.values = group.instruments().device(index, options.seed(), options.startMillis());
        this.behaviour = rng(index, options, "behaviour");
        for (Group.MessagePlan plan : group.messages()) {
            feeds.add(new Feed(plan, rng(index, options, "message/" + plan.name())));
        }
        this.sparkplug = group.sparkplug() == null ? null : new SparkplugNode(group.sparkplug(), values);
        Group.Connect connect = group.connect();
        Uplinks.Identity identity = new Uplinks.Identity(
                values.id(),
                connect,
                connect.username() == null ? null : connect.username().text(values::value),
                connect.password() == null ? null : connect.password().text(values::value));
        this.line = new Line(timeline, group.network(), tally, this, uplinks, identity, rng(index, options, "network"));
    }

    private Rng rng(int index, Fleet.Options options, String purpose) {
        return group.instruments().rng(index, options.seed(), purpose);
    }

    /** Everything that this device will do by itself. */
    void start() {
        line.arrive(Line.Absence.NOT_STARTED);
        for (Feed feed : feeds) {
            in(feed.plan.everySeconds().draw(feed.rng) * feed.rng.unit(), () -> tick(feed));
        }
        if (sparkplug != null) {
            in(behaviour.unit(), this::tickSparkplug);
        }
        if (group.drops() != null) {
            drop(group.drops());
        }
        if (group.sleep() != null) {
            wake(group.sleep());
        }
        if (group.cutWhile() != null) {
            hide(group.cutWhile());
        }
    }

    /** Measures no more. */
    void hush() {
        hushed = true;
    }

    /** Says goodbye. */
    void stop() {
        line.leave(Line.Absence.STOPPED, true);
    }

    private void in(double seconds, Runnable task) {
        timeline.at(timeline.now() + (long) (seconds * NANOS), task);
    }

    private double seconds() {
        return timeline.now() / NANOS;
    }

    private void tick(Feed feed) {
        if (hushed) {
            return;
        }
        if (!line.isAbsent(Line.Absence.ASLEEP) && !line.isAbsent(Line.Absence.REBOOTING)) {
            measure(feed, false);
        }
        in(feed.plan.everySeconds().draw(feed.rng), () -> tick(feed));
    }

    private void measure(Feed feed, boolean keep) {
        Group.MessagePlan plan = feed.plan;
        values.look(seconds(), feed.sequence + 1);
        if (plan.when() != null && !values.value(plan.when()).truth()) {
            return;
        }
        if (plan.onChange() != null) {
            String now = values.value(plan.onChange()).text();
            if (now.equals(feed.last)) {
                return;
            }
            feed.last = now;
        }
        feed.sequence++;
        Properties properties = Properties.NONE;
        if (plan.expirySeconds() > 0 && group.connect().version().hasProperties()) {
            properties = Properties.of(Property.MESSAGE_EXPIRY_INTERVAL, plan.expirySeconds());
        }
        line.offer(
                new Message(
                        TopicName.of(plan.topic().text(values::value)),
                        plan.content().bytes(values::value),
                        plan.qos(),
                        plan.retain(),
                        properties),
                keep || plan.keep());
    }

    private void tickSparkplug() {
        Group.SparkplugPlan plan = group.sparkplug();
        if (plan == null || sparkplug == null || hushed) {
            return;
        }
        if (line.isOnline()) {
            values.look(seconds(), 0);
            sparkplug.data().forEach(message -> line.offer(message, false));
        }
        in(plan.everySeconds().draw(behaviour), this::tickSparkplug);
    }

    private void drop(Group.Pauses drops) {
        in(drops.every().draw(behaviour), () -> {
            if (hushed) {
                return;
            }
            double away = drops.away().draw(behaviour);
            line.leave(Line.Absence.DROPPED, drops.clean());
            in(away, () -> {
                line.arrive(Line.Absence.DROPPED);
                drop(drops);
            });
        });
    }

    /** Measures all it has to say, stays for a while to hear commands, and goes to sleep. */
    private void wake(Group.Pauses sleep) {
        if (hushed) {
            return;
        }
        line.arrive(Line.Absence.ASLEEP);
        feeds.forEach(feed -> measure(feed, true));
        in(sleep.every().draw(behaviour), () -> {
            if (!hushed) {
                line.leave(Line.Absence.ASLEEP, sleep.clean());
                in(sleep.away().draw(behaviour), () -> wake(sleep));
            }
        });
    }

    private void hide(String value) {
        if (hushed) {
            return;
        }
        values.look(seconds(), 0);
        boolean hidden = values.value(value).truth();
        if (hidden && !line.isAbsent(Line.Absence.HIDDEN)) {
            line.leave(Line.Absence.HIDDEN, false);
        } else if (!hidden && line.isAbsent(Line.Absence.HIDDEN)) {
            line.arrive(Line.Absence.HIDDEN);
        }
        in(HIDDEN_CHECK_SECONDS, () -> hide(value));
    }

    @Override
    public @Nullable Will will() {
        if (sparkplug != null) {
            values.look(seconds(), 0);
            return sparkplug.will();
        }
        Group.Presence presence = group.presence();
        if (presence == null) {
            return null;
        }
        Message offline = presence(presence, false);
        return new Will(offline.topic(), offline.qos(), offline.retain(), Properties.NONE, offline.payload());
    }

    @Override
    public void online() {
        values.look(seconds(), 0);
        Group.CommandPlan commands = group.commands();
        if (commands != null) {
            line.subscribe(commands.topic().text(values::value), commands.qos());
        }
        if (sparkplug != null) {
            sparkplug.filters().forEach(filter -> line.subscribe(filter, QoS.AT_LEAST_ONCE));
            sparkplug.births().forEach(message -> line.offer(message, false));
        }
        if (group.presence() != null) {
            line.offer(presence(group.presence(), true), false);
        }
    }

    @Override
    public List<Message> farewell() {
        values.look(seconds(), 0);
        if (sparkplug != null) {
            return List.of(sparkplug.death());
        }
        return group.presence() == null ? List.of() : List.of(presence(group.presence(), false));
    }

    private Message presence(Group.Presence presence, boolean online) {
        return new Message(
                TopicName.of(presence.topic().text(values::value)),
                (online ? presence.online() : presence.offline()).bytes(values::value),
                presence.qos(),
                presence.retain(),
                Properties.NONE);
    }

    @Override
    public void received(String topic, byte[] payload) {
        if (!line.isOnline()) {
            return; // it is on its way down
        }
        tally.commands.increment();
        values.look(seconds(), 0);
        if (sparkplug != null && sparkplug.owns(topic)) {
            obeySparkplug(sparkplug, payload);
            return;
        }
        Group.CommandPlan plan = group.commands();
        if (plan == null) {
            return;
        }
        Map<String, Value> done = new LinkedHashMap<>();
        boolean reboot = false;
        for (Map.Entry<String, Value> command : commands(plan, payload).entrySet()) {
            boolean isReboot =
                    command.getKey().equals("reboot") && command.getValue().truth();
            reboot |= isReboot;
            done.put(
                    command.getKey(),
                    Value.of(isReboot || values.command(command.getKey(), command.getValue()) ? "done" : "unknown"));
        }
        feeds.stream().filter(feed -> feed.plan.onChange() != null).forEach(feed -> measure(feed, false));
        if (plan.answer() != null) {
            Value answer = new Value.Tree(Map.of("done", new Value.Tree(done)));
            line.offer(
                    Message.of(plan.answer().text(values::value), Json.bytes(answer))
                            .withQos(plan.qos()),
                    true);
        }
        if (reboot) {
            line.pause(Line.Absence.REBOOTING, true, REBOOT, behaviour);
        }
    }

    private void obeySparkplug(SparkplugNode node, byte[] payload) {
        try {
            if (node.command(payload)) {
                node.births().forEach(message -> line.offer(message, false));
            }
        } catch (IllegalArgumentException e) {
            tally.lastFailure("A command to " + values.id() + " was no Sparkplug payload.");
        }
    }

    /** The fields of a JSON object, or the whole payload as the one parameter that the scenario names for that. */
    private static Map<String, Value> commands(Group.CommandPlan plan, byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8).strip();
        if (text.startsWith("{")) {
            try {
                if (Json.parse(text) instanceof Value.Tree tree) {
                    return tree.fields();
                }
            } catch (IllegalArgumentException e) {
                return Map.of(text, Value.of(""));
            }
        }
        return Map.of(plan.plain() == null ? text : plan.plain(), Value.of(text));
    }
}
