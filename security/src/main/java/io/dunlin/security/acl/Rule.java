package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One rule of an ordered list: the first that fits decides. Immutable; compiled before it is used.
 *
 * @param effect what it says where it fits
 * @param who whom it concerns
 * @param kinds what it concerns; a rule on SUBSCRIBE concerns RECEIVE too
 * @param qos the qualities of service that it concerns, empty for all
 * @param retain messages with or without the retain flag alone, empty for both
 * @param topics filters with placeholders such as {@code %c}, {@code %u}, {@code ${username}}, {@code ${cert.cn}}; {@code "eq a/#"} is
 *     this filter itself and none that it covers
 * @param origin where it stands, for people: {@code dunlin.conf:12}, {@code acl:3}, {@code role operator rule 2}
 */
public record Rule(
        Effect effect,
        Who who,
        Set<Kind> kinds,
        Set<QoS> qos,
        Optional<Boolean> retain,
        List<String> topics,
        String origin) {

    public Rule {
        kinds = Set.copyOf(kinds);
        qos = Set.copyOf(qos);
        topics = List.copyOf(topics);
    }

    /**
     * Whether it concerns an action, whoever does it and on whatever topic. What denies subscriptions of some qualities of service
     * says nothing of deliveries, which come with whatever quality the subscription was granted.
     */
    public boolean concerns(Action action) {
        return switch (action.kind()) {
            case RECEIVE ->
                kinds.contains(Kind.RECEIVE)
                        || kinds.contains(Kind.SUBSCRIBE) && (effect == Effect.ALLOW || !isLimitedInQos());
            case SUBSCRIBE -> kinds.contains(Kind.SUBSCRIBE) && (qos.isEmpty() || qos.contains(action.qos()));
            case PUBLISH ->
                kinds.contains(Kind.PUBLISH)
                        && (qos.isEmpty() || qos.contains(action.qos()))
                        && (retain.isEmpty() || retain.get() == action.retain());
        };
    }

    private boolean isLimitedInQos() {
        return !qos.isEmpty() && qos.size() < QoS.values().length;
    }

    /** What a rule says. */
    public enum Effect {
        ALLOW,
        DENY
    }

    /**
     * Whom a rule concerns: all conditions that are given must hold; without any, it concerns everybody.
     *
     * @param usernames exact names
     * @param clientIds exact client ids
     * @param roles any of them
     * @param groups any of them
     * @param addresses addresses and networks such as {@code 10.0.0.0/8}
     * @param listeners names of listeners
     * @param anonymous clients without (true) or with (false) a user name
     */
    public record Who(
            Set<String> usernames,
            Set<String> clientIds,
            Set<String> roles,
            Set<String> groups,
            List<String> addresses,
            Set<String> listeners,
            Optional<Boolean> anonymous) {

        public static final Who EVERYBODY =
                new Who(Set.of(), Set.of(), Set.of(), Set.of(), List.of(), Set.of(), Optional.empty());

        public Who {
            usernames = Set.copyOf(usernames);
            clientIds = Set.copyOf(clientIds);
            roles = Set.copyOf(roles);
            groups = Set.copyOf(groups);
            addresses = List.copyOf(addresses);
            listeners = Set.copyOf(listeners);
        }

        public static Who user(String name) {
            return new Who(Set.of(name), Set.of(), Set.of(), Set.of(), List.of(), Set.of(), Optional.empty());
        }
    }
}
