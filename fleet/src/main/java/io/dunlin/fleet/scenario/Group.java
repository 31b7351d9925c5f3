package io.dunlin.fleet.scenario;

import io.dunlin.fleet.model.Span;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Devices of one kind: how many, what they measure, what they say and how their connection behaves. Immutable; times in
 * seconds.
 *
 * @param count at scale 1
 * @param cutWhile the value that cuts the connection while it is true, or null
 */
public record Group(
        String name,
        int count,
        double rampSeconds,
        Instruments instruments,
        Connect connect,
        @Nullable Presence presence,
        List<MessagePlan> messages,
        @Nullable CommandPlan commands,
        @Nullable Pauses drops,
        @Nullable Pauses sleep,
        @Nullable String cutWhile,
        Network network,
        @Nullable SparkplugPlan sparkplug) {

    /** How devices log in. */
    public record Connect(
            ProtocolVersion version,
            boolean cleanStart,
            long sessionExpirySeconds,
            int keepAliveSeconds,
            @Nullable Template username,
            @Nullable Template password) {}

    /** The retained message that says whether a device is there; its second form is the will. */
    public record Presence(Template topic, Content online, Content offline, QoS qos, boolean retain) {}

    /**
     * A message that devices publish.
     *
     * @param onChange sent only when this value changed since it was sent last, or null
     * @param when sent only while this value is true, or null
     * @param keep whether a device keeps it while it is offline
     * @param expirySeconds 0 for never
     */
    public record MessagePlan(
            String name,
            Template topic,
            Span everySeconds,
            @Nullable String onChange,
            @Nullable String when,
            QoS qos,
            boolean retain,
            Content content,
            boolean keep,
            long expirySeconds) {}

    /**
     * What devices listen to.
     *
     * @param plain the parameter that a payload without a JSON object sets, or null
     * @param answer the topic that what was done is said on, or null
     */
    public record CommandPlan(
            Template topic,
            QoS qos,
            @Nullable String plain,
            @Nullable Template answer) {}

    /**
     * Times without a connection.
     *
     * @param every from the start of a connection to its end (sleep: how long a device is awake)
     * @param away how long it stays away
     * @param clean with DISCONNECT, so that the broker does not publish the will
     */
    public record Pauses(Span every, Span away, boolean clean) {}

    /**
     * The way to the broker.
     *
     * @param latency added to each message, seconds
     * @param loss the share of messages at which the connection breaks
     * @param back how long a device takes to notice and connect again
     */
    public record Network(Span latency, double loss, Span back) {}

    /**
     * A Sparkplug B edge node; the node's id is that of the device.
     *
     * @param metrics of the node, by name
     * @param devices the metrics of the devices behind it, by the device's id
     */
    public record SparkplugPlan(
            Template group,
            Span everySeconds,
            Map<String, Template> metrics,
            Map<String, Map<String, Template>> devices) {}
}
