package io.dunlin.broker.port;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an acknowledgement waits for. The first rule for the topic decides; else what the client asked for, where it may; else
 * the first rule for the client; else its listener; else {@code level}. Immutable. Thread: any.
 *
 * @param clientsChoose whether an MQTT 5 client may ask for a level with the user property {@value #PROPERTY} in its CONNECT
 */
public record DurabilityRules(
        Durability level, List<TopicRule> topics, List<ClientRule> clients, boolean clientsChoose) {
    /** The name of the user property: in CONNECT what a client asks for, in CONNACK the level that holds for it. */
    public static final String PROPERTY = "dunlin-durability";

    public static final DurabilityRules DEFAULTS = new DurabilityRules(Durability.DISK, List.of(), List.of(), true);

    /** Messages to these topics. */
    public record TopicRule(TopicFilter filter, Durability level) {}

    /** Clients whose identifier matches the pattern as a whole. */
    public record ClientRule(Pattern clientId, Durability level) {}

    /**
     * The level that holds for a client where no topic says otherwise.
     *
     * @param asked what it wrote in its CONNECT, or null
     */
    public Durability ofClient(String clientId, Optional<Durability> listener, @Nullable String asked) {
        if (clientsChoose && asked != null) {
            for (Durability each : Durability.values()) {
                if (each.text().equals(asked)) {
                    return each;
                }
            }
        }
        for (ClientRule rule : clients) {
            if (rule.clientId.matcher(clientId).matches()) {
                return rule.level;
            }
        }
        return listener.orElse(level);
    }

    /** The highest level that a message of a client can have. */
    public Durability strictest(Durability client) {
        Durability strictest = client;
        for (int i = 0; i < topics.size(); i++) { // mostly empty, and an iterator would be an object for each message
            strictest = strictest.orMore(topics.get(i).level);
        }
        return strictest;
    }

    /** The level that holds for a message of a client. */
    public Durability ofMessage(TopicName topic, Durability client) {
        for (int i = 0; i < topics.size(); i++) {
            TopicRule rule = topics.get(i);
            if (rule.filter.matches(topic)) {
                return rule.level;
            }
        }
        return client;
    }
}
