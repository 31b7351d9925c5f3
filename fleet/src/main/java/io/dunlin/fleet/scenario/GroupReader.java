package io.dunlin.fleet.scenario;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.dunlin.fleet.model.Span;
import io.dunlin.fleet.payload.Value;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one group of devices. A first device is made on the way, so that wrong parameters and names in templates are found
 * here and not while the fleet runs.
 */
final class GroupReader {
    private static final Span NEVER = Span.of(0);

    private final Block block;
    private final double rampSeconds;
    private DeviceValues sample;

    GroupReader(Block block, double rampSeconds) {
        this.block = block;
        this.rampSeconds = rampSeconds;
        this.sample = new DeviceValues(1, block.name(), 0);
    }

    Group read() {
        int count = block.whole("count", 1, 1_000_000, 1);
        double ramp = block.seconds("start-ramp", rampSeconds);
        Map<String, List<Template>> labels = labels();
        Template id = template(block, "id", block.text("id", block.name() + "-{n}"));
        if (count > 1 && !id.names().contains("n")) {
            throw block.wrong(
                    "id",
                    "Each device needs an id of its own: put {n} into it, for instance id = \"" + block.name()
                            + "-{n:03}\".");
        }
        Instruments instruments = new Instruments(block.name(), id, labels, block.blocks("signals"));
        sample = instruments.sample();
        Group group = new Group(
                block.name(),
                count,
                ramp,
                instruments,
                connect(),
                presence(),
                messages(),
                commands(),
                pauses("drops", "every", "away", false),
                pauses("sleep", "awake", "asleep", true),
                name(block, "cut-while"),
                network(),
                sparkplug());
        block.checkAllUsed();
        if (group.messages().isEmpty() && group.sparkplug() == null) {
            throw block.wrong("'" + block.name()
                    + "' says nothing: write publish { reading { topic = \"...\", every = 10 s } }.");
        }
        return group;
    }

    private Map<String, List<Template>> labels() {
        Map<String, List<Template>> labels = new LinkedHashMap<>();
        Block all = block.block("labels");
        if (all != null) {
            for (Source.Key key : all.keys()) {
                List<Template> choices = new ArrayList<>();
                for (Value value : all.values(key.name())) {
                    choices.add(template(all, key.name(), value.text()));
                }
                if (choices.isEmpty()) {
                    throw all.wrong(
                            key.name(), "The label '" + key.name() + "' is an empty list: write one or more values.");
                }
                labels.put(key.name(), choices);
                sample.fix(key.name(), choices.get(0).value(sample::value));
            }
        }
        return labels;
    }

    private Group.Connect connect() {
        Block connect = block.block("connect");
        if (connect == null) {
            return new Group.Connect(ProtocolVersion.V5, true, 0, 60, null, null);
        }
        ProtocolVersion version =
                switch (connect.text("version", "5")) {
                    case "5", "5.0" -> ProtocolVersion.V5;
                    case "311", "3.1.1", "4" -> ProtocolVersion.V3_1_1;
                    case "31", "3.1" -> ProtocolVersion.V3_1;
                    default -> throw connect.wrong("version", "The version is 5, 311 or 31.");
                };
        return new Group.Connect(
                version,
                connect.flag("clean-start", true),
                (long) connect.seconds("session-expiry", 0),
                (int) connect.seconds("keep-alive", 60),
                optional(connect, "username"),
                optional(connect, "password"));
    }

    private Group.@Nullable Presence presence() {
        Block state = block.block("state");
        if (state == null) {
            return null;
        }
        return new Group.Presence(
                topic(state, "topic"),
                content(state, "online", "online"),
                content(state, "offline", "offline"),
                qos(state, 1),
                state.flag("retain", true));
    }

    private List<Group.MessagePlan> messages() {
        List<Group.MessagePlan> plans = new ArrayList<>();
        for (Block message : block.blocks("publish")) {
            String onChange = name(message, "on-change");
            Span every = message.secondsSpan("every", onChange == null ? NEVER : Span.of(1));
            if (every.low() <= 0) {
                throw message.wrong(
                        "every", "'" + message.name() + "' needs a rate: write every = 10 s, or every = 5 .. 15 s.");
            }
            QoS qos = qos(message, 0);
            plans.add(new Group.MessagePlan(
                    message.name(),
                    topic(message, "topic"),
                    every,
                    onChange,
                    name(message, "when"),
                    qos,
                    message.flag("retain", false),
                    content(message, "payload", "{" + (onChange == null ? "seq" : onChange) + "}"),
                    keep(message, qos),
                    (long) message.seconds("expiry", 0)));
        }
        return plans;
    }

    private static boolean keep(Block message, QoS qos) {
        return switch (message.text("while-offline", qos == QoS.AT_MOST_ONCE ? "drop" : "keep")) {
            case "keep" -> true;
            case "drop" -> false;
            default -> throw message.wrong("while-offline", "'while-offline' is keep or drop.");
        };
    }

    private Group.@Nullable CommandPlan commands() {
        Block commands = block.block("commands");
        if (commands == null) {
            return null;
        }
        String text = commands.text("topic", "");
        Template topic = template(commands, "topic", text);
        try {
            TopicFilter.of(topic.text(sample::value));
        } catch (InvalidTopic e) {
            throw commands.wrong("topic", "'" + text + "' is no topic filter: " + e.getMessage());
        }
        String plain = commands.has("text") ? commands.text("text", "") : null;
        return new Group.CommandPlan(
                topic, qos(commands, 1), plain, commands.has("answer") ? topic(commands, "answer") : null);
    }

    private Group.@Nullable Pauses pauses(String key, String up, String down, boolean cleanAsDefault) {
        Block pauses = block.block(key);
        if (pauses == null) {
            return null;
        }
        Span every = pauses.secondsSpan(up, NEVER);
        Span away = pauses.secondsSpan(down, NEVER);
        if (every.low() <= 0 || away.low() <= 0) {
            throw pauses.wrong(
                    "'" + key + "' needs both times: " + key + " { " + up + " = 5 .. 15 min, " + down + " = 30 s }.");
        }
        return new Group.Pauses(every, away, pauses.flag("clean", cleanAsDefault));
    }

    private Group.Network network() {
        Block network = block.block("network");
        if (network == null) {
            return new Group.Network(Span.of(0), 0, new Span(1, 5));
        }
        return new Group.Network(
                network.secondsSpan("latency", NEVER),
                network.share("loss", 0),
                network.secondsSpan("back-after", new Span(1, 5)));
    }

    private Group.@Nullable SparkplugPlan sparkplug() {
        Block plug = block.block("sparkplug");
        if (plug == null) {
            return null;
        }
        Map<String, Map<String, Template>> devices = new LinkedHashMap<>();
        for (Block device : plug.blocks("devices")) {
            devices.put(device.name(), metrics(device));
        }
        Group.SparkplugPlan plan = new Group.SparkplugPlan(
                template(plug, "group", plug.text("group", "Dunlin")),
                plug.secondsSpan("every", Span.of(1)),
                metrics(plug),
                devices);
        if (block.has("state")) {
            throw block.wrong("state", "A Sparkplug node has its own birth and death messages: take 'state' out.");
        }
        return plan;
    }

    private Map<String, Template> metrics(Block owner) {
        Map<String, Template> metrics = new LinkedHashMap<>();
        Block block = owner.block("metrics");
        if (block == null) {
            throw owner.wrong("'" + owner.name() + "' needs metrics { \"Pump/rpm\" = \"{pump.rpm:0}\" }.");
        }
        for (Source.Key key : block.keys()) {
            metrics.put(key.name(), template(block, key.name(), block.text(key.name(), "")));
        }
        return metrics;
    }

    private Template topic(Block owner, String key) {
        if (!owner.has(key)) {
            throw owner.wrong("'" + owner.name() + "' has no " + key + ": write " + key + " = \"site/{id}/"
                    + owner.name() + "\".");
        }
        String text = owner.text(key, "");
        Template template = template(owner, key, text);
        try {
            TopicName.of(template.text(sample::value));
        } catch (InvalidTopic e) {
            throw owner.wrong(key, "'" + text + "' is no topic: " + e.getMessage());
        }
        return template;
    }

    private static QoS qos(Block owner, int absent) {
        return QoS.of(owner.whole("qos", 0, 2, absent));
    }

    private @Nullable Template optional(Block owner, String key) {
        return owner.has(key) ? template(owner, key, owner.text(key, "")) : null;
    }

    /** The name of a value, with or without braces around it. */
    private @Nullable String name(Block owner, String key) {
        if (!owner.has(key)) {
            return null;
        }
        String name = owner.text(key, "").replaceAll("[{}]", "");
        check(owner, key, name);
        return name;
    }

    private Template template(Block owner, String key, String text) {
        Template template = Template.parse(text);
        template.names().forEach(name -> check(owner, key, name));
        return template;
    }

    private void check(Block owner, String key, String name) {
        if (sample.find(name) == null) {
            String near = Nearest.of(name, sample.names());
            throw owner.wrong(
                    key,
                    "There is no value '" + name + "' here: "
                            + (near.isEmpty()
                                    ? "there are " + String.join(", ", sample.names()) + "."
                                    : "did you mean '" + near + "'?"));
        }
    }

    private Content content(Block owner, String key, String absent) {
        ConfigValue value = owner.find(key);
        Content.Node root =
                value == null ? new Content.Node.Leaf(template(owner, key, absent)) : node(owner, key, value);
        boolean structured = root instanceof Content.Node.Branch || root instanceof Content.Node.Items;
        String format = owner.text("format", structured ? "json" : "text");
        return new Content(
                root,
                switch (format.toLowerCase(Locale.ROOT)) {
                    case "json" -> Content.Format.JSON;
                    case "cbor" -> Content.Format.CBOR;
                    case "text" -> Content.Format.TEXT;
                    default -> throw owner.wrong("format", "The format is json, cbor or text, not '" + format + "'.");
                });
    }

    private Content.Node node(Block owner, String key, ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> {
                Map<String, Content.Node> fields = new LinkedHashMap<>();
                Block inner = owner.existing(key);
                for (Source.Key each : inner.keys()) {
                    ConfigValue field = inner.find(each.name());
                    if (field != null) {
                        fields.put(each.name(), node(inner, each.name(), field));
                    }
                }
                yield new Content.Node.Branch(fields);
            }
            case LIST -> {
                List<Content.Node> nodes = new ArrayList<>();
                for (ConfigValue each : (ConfigList) value) {
                    if (each instanceof ConfigObject) {
                        throw owner.wrong(
                                key, "A list in a payload holds texts and numbers: write the objects as one text.");
                    }
                    nodes.add(node(owner, key, each));
                }
                yield new Content.Node.Items(nodes);
            }
            case STRING -> new Content.Node.Leaf(template(owner, key, (String) value.unwrapped()));
            case NUMBER -> new Content.Node.Fixed(Quantities.value((Number) value.unwrapped()));
            case BOOLEAN -> new Content.Node.Fixed(Value.of((boolean) value.unwrapped()));
            case NULL -> throw owner.wrong(key, "A payload cannot hold null: leave '" + key + "' out.");
        };
    }
}
