package io.dunlin.server.config;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.RuleText;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One rule of who may do what: all conditions that are given must hold. */
public record RuleConfig(
        @Setting("What it says where it fits") Effect effect,

        @Setting(value = "Names of users", orOne = true) List<String> users,

        @Setting(value = "Client ids", orOne = true) List<String> clientIds,

        @Setting(value = "Roles, of which the client has one", orOne = true)
        List<String> roles,

        @Setting(value = "Groups, of which the client is in one", orOne = true)
        List<String> groups,

        @Setting(value = "Addresses and networks such as `10.0.0.0/8`", orOne = true)
        List<String> addresses,

        @Setting(value = "Listeners through which the client came", orOne = true)
        List<String> listeners,

        @Setting("Clients without (true) or with (false) a user name")
        Optional<Boolean> anonymous,

        @Setting(
                value = "What it concerns; a rule on subscribe concerns the delivery of messages too, which is receive",
                orOne = true)
        List<ActionName> action,

        @Setting(
                value = "Qualities of service of messages, or that subscriptions ask for; all without it",
                min = "0",
                max = "2",
                orOne = true)
        List<Integer> qos,

        @Setting("Messages with (true) or without (false) the retain flag")
        Optional<Boolean> retain,

        @Setting(
                value = "Topic filters with placeholders such as `${clientid}`, which stand in quotes; `eq a/#` is this"
                        + " filter itself",
                orOne = true)
        List<String> topics,

        @Setting("Where it stands") Origin origin) {

    /** What a rule can concern. */
    public enum ActionName {
        PUBLISH,
        SUBSCRIBE,
        RECEIVE,
        ALL;

        private Set<Kind> kinds() {
            return switch (this) {
                case PUBLISH -> EnumSet.of(Kind.PUBLISH);
                case SUBSCRIBE -> EnumSet.of(Kind.SUBSCRIBE);
                case RECEIVE -> EnumSet.of(Kind.RECEIVE);
                case ALL -> EnumSet.allOf(Kind.class);
            };
        }
    }

    /** As the rules take it; {@link #problem} says whether it can be used. */
    public Rule toRule() {
        return toRule("");
    }

    /** @param of what it belongs to, such as {@code "role operator, "} */
    Rule toRule(String of) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        action.forEach(name -> kinds.addAll(name.kinds()));
        Set<QoS> levels = EnumSet.noneOf(QoS.class);
        qos.forEach(value -> levels.add(QoS.values()[value]));
        Rule.Who who = new Rule.Who(
                new HashSet<>(users),
                new HashSet<>(clientIds),
                new HashSet<>(roles),
                new HashSet<>(groups),
                addresses,
                new HashSet<>(listeners),
                anonymous);
        return new Rule(effect, who, kinds, levels, retain, topics, of + origin.place());
    }

    /** What is wrong with it, without the place. */
    Optional<String> problem() {
        Rule rule = toRule();
        if (retain.isPresent() && !rule.kinds().contains(Kind.PUBLISH)) {
            return Optional.of("retain is about messages that clients publish, but the rule's action has no publish");
        }
        String place = rule.origin() + ": ";
        return RuleText.problem(rule)
                .map(problem -> problem.startsWith(place) ? problem.substring(place.length()) : problem);
    }
}
