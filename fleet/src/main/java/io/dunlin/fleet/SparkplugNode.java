package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.fleet.payload.SparkplugPayload;
import io.dunlin.fleet.payload.SparkplugPayload.Metric;
import io.dunlin.fleet.payload.Value;
import io.dunlin.fleet.scenario.DeviceValues;
import io.dunlin.fleet.scenario.Group;
import io.dunlin.fleet.scenario.Template;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An edge node of Sparkplug B 3.0 with the devices behind it: births after each connect, data by exception, death as will,
 * the sequence numbers, and the command to be born again. On the thread of the timeline.
 */
final class SparkplugNode {
    private static final int NUMBERS = 256;
    private static final String BIRTH_DEATH = "bdSeq";
    private static final String REBIRTH = "Node Control/Rebirth";

    private final Group.SparkplugPlan plan;
    private final DeviceValues values;
    private final String prefix;
    private final String node;
    private final Map<String, String> last = new HashMap<>();
    private int birthDeath = -1;
    private int seq;

    SparkplugNode(Group.SparkplugPlan plan, DeviceValues values) {
        this.plan = plan;
        this.values = values;
        this.prefix = "spBv1.0/" + plan.group().text(values::value) + "/";
        this.node = values.id();
    }

    /** NDEATH for the next connection. */
    Will will() {
        birthDeath = (birthDeath + 1) % NUMBERS;
        Message death = death();
        return new Will(death.topic(), QoS.AT_LEAST_ONCE, false, Properties.NONE, death.payload());
    }

    /** NDEATH of this connection, to be published before a DISCONNECT. */
    Message death() {
        var payload = new SparkplugPayload(values.millis(), List.of(metric(BIRTH_DEATH, Value.of(birthDeath))), -1);
        return message("NDEATH/" + node, payload);
    }

    /** The filters that commands come by. */
    List<String> filters() {
        return List.of(prefix + "NCMD/" + node, prefix + "DCMD/" + node + "/#");
    }

    /** NBIRTH and the DBIRTH of each device, with all metrics. */
    List<Message> births() {
        last.clear();
        seq = 0;
        List<Message> births = new ArrayList<>();
        List<Metric> metrics = new ArrayList<>();
        metrics.add(metric(BIRTH_DEATH, Value.of(birthDeath)));
        metrics.add(metric(REBIRTH, Value.of(false)));
        metrics.addAll(changed("", plan.metrics()));
        births.add(message("NBIRTH/" + node, next(metrics)));
        plan.devices()
                .forEach((device, all) ->
                        births.add(message("DBIRTH/" + node + "/" + device, next(changed(device, all)))));
        return births;
    }

    /** NDATA and DDATA with what changed since it was last said. */
    List<Message> data() {
        Map<String, List<Metric>> changes = new LinkedHashMap<>();
        changes.put("NDATA/" + node, changed("", plan.metrics()));
        plan.devices().forEach((device, all) -> changes.put("DDATA/" + node + "/" + device, changed(device, all)));
        List<Message> messages = new ArrayList<>();
        changes.forEach((topic, metrics) -> {
            if (!metrics.isEmpty()) {
                messages.add(message(topic, next(metrics)));
            }
        });
        return messages;
    }

    private SparkplugPayload next(List<Metric> metrics) {
        SparkplugPayload payload = new SparkplugPayload(values.millis(), metrics, seq);
        seq = (seq + 1) % NUMBERS;
        return payload;
    }

    private List<Metric> changed(String device, Map<String, Template> metrics) {
        List<Metric> changed = new ArrayList<>();
        metrics.forEach((name, template) -> {
            Value value = template.value(values::value);
            if (!value.text().equals(last.put(device + "/" + name, value.text()))) {
                changed.add(metric(name, value));
            }
        });
        return changed;
    }

    private Metric metric(String name, Value value) {
        return new Metric(name, value, values.millis());
    }

    private Message message(String topic, SparkplugPayload payload) {
        return Message.of(prefix + topic, payload.bytes());
    }

    /**
     * A command: metrics set what their last word names ({@code Pump/setpoint}: setpoint).
     *
     * @return whether the node must be born again
     */
    boolean command(byte[] payload) {
        boolean rebirth = false;
        for (Metric metric : SparkplugPayload.parse(payload).metrics()) {
            if (metric.name().equals(REBIRTH)) {
                rebirth |= metric.value().truth();
            } else {
                values.command(metric.name().substring(metric.name().lastIndexOf('/') + 1), metric.value());
            }
        }
        return rebirth;
    }

    /** Whether a topic is one of a command to this node or its devices. */
    boolean owns(String topic) {
        return topic.startsWith(prefix + "NCMD/") || topic.startsWith(prefix + "DCMD/");
    }
}
