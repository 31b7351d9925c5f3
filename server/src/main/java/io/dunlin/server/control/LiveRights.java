package io.dunlin.server.control;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.acl.Explanation;
import java.util.List;
import java.util.function.Supplier;

/** Why a connected client may do something or not: with its real login, roles and attributes. Thread: any but the shards. */
public final class LiveRights {
    private final Clients clients;
    private final Supplier<AccessChain> rights;

    public LiveRights(Clients clients, Supplier<AccessChain> rights) {
        this.clients = clients;
        this.rights = rights;
    }

    /** @param lines for people */
    public record Explained(Explanation explanation, List<String> lines) {}

    /**
     * Explains.
     *
     * @param action publish, subscribe or receive
     * @param qos 0 to 2
     * @throws CommandFailed where the client is not connected or the question makes no sense
     */
    public Explained explain(String clientId, String action, String topic, int qos, boolean retain) {
        if (qos < 0 || qos > 2) {
            throw new CommandFailed("there is no QoS " + qos + ": expected is 0, 1 or 2");
        }
        Action asked = action(action, QoS.values()[qos], retain);
        try {
            if (asked.kind() == Kind.SUBSCRIBE) {
                TopicFilter.of(topic);
            } else {
                TopicName.of(topic);
            }
        } catch (InvalidTopic e) {
            throw new CommandFailed(topic + " cannot be asked about: " + e.getMessage());
        }
        Explanation explanation =
                Clients.await(rights.get().explain(clients.find(clientId).principal(), asked, topic));
        return new Explained(explanation, explanation.lines());
    }

    private static Action action(String text, QoS qos, boolean retain) {
        return switch (text) {
            case "publish" -> Action.publish(qos, retain);
            case "subscribe" -> Action.subscribe(qos);
            case "receive" -> Action.RECEIVE;
            default -> throw new CommandFailed(text + " is no action: expected is publish, subscribe or receive");
        };
    }
}
