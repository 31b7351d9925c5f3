package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.NaivePolicy.AclLine;
import io.dunlin.security.acl.NaivePolicy.Policy;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Policies, clients, topics and filters out of a seed: few names, so that they meet often. */
final class RandomPolicy {
    private static final List<String> USERS = List.of("a", "b", "$s", "+", "#", "a+", "");
    private static final List<String> CLIENTS = List.of("a", "a", "b", "a/b", "+", "#", "$s");
    private static final List<String> ROLES = List.of("r1", "r2", "r3");
    private static final List<String> GROUPS = List.of("g1", "g2");
    private static final List<String> LISTENERS = List.of("tcp", "tls");
    private static final List<String> NETWORKS =
            List.of("10.0.0.0/8", "192.168.7.0/25", "192.168.7.200", "::1", "fd00::/9");
    private static final List<String> ADDRESSES = List.of("10.1.2.3", "192.168.7.9", "192.168.7.200", "::1", "fd12::3");
    private static final List<String> TEMPLATE_LEVELS = List.of(
            "a", "b", "$s", "+", "+", "", "%c", "%u", "${clientid}", "${username}", "${cert.cn}", "${jwt.x}", "a%c");
    private static final List<String> VALUES = List.of("a", "b", "", "$s", "+", "#");

    private final Random random;

    RandomPolicy(Random random) {
        this.random = random;
    }

    /**
     * All topics of up to three levels over all that a template can become, and a name that no policy has; and all of four levels that
     * end with it, for what stands below. Some have a wildcard as a part of a name, as no topic has, and nobody minds here.
     */
    static List<String> universe() {
        List<String> levels = List.of("a", "b", "aa", "ab", "$s", "a$s", "a+", "a#", "", "other");
        List<String> all = new ArrayList<>();
        List<String> longest = levels;
        for (int depth = 1; depth <= 3; depth++) {
            all.addAll(longest);
            List<String> longer = new ArrayList<>();
            longest.forEach(prefix -> levels.forEach(level -> longer.add(prefix + "/" + level)));
            longest = longer;
        }
        longest.stream().filter(topic -> topic.endsWith("/other")).forEach(all::add);
        all.remove("");
        return all;
    }

    Policy policy() {
        List<String> chain = new ArrayList<>(List.of("rules", "users", "acl-file"));
        Collections.shuffle(chain, random);
        chain.removeIf(_ -> random.nextInt(4) == 0);
        Map<String, List<Rule>> roles = new HashMap<>();
        ROLES.forEach(role -> maybe(() -> roles.put(role, rules("role " + role, 3))));
        Map<String, Set<String>> groups = new HashMap<>();
        GROUPS.forEach(group -> maybe(() -> groups.put(group, some(ROLES))));
        Map<String, RoleBook.Member> users = new HashMap<>();
        USERS.forEach(user -> maybe(() -> users.put(user, new RoleBook.Member(some(ROLES), some(GROUPS)))));
        AccessChain.NoMatch noMatch = chain.isEmpty() || random.nextInt(8) == 0
                ? one(List.of(AccessChain.NoMatch.values()))
                : random.nextInt(4) == 0 ? AccessChain.NoMatch.ALLOW : AccessChain.NoMatch.DENY;
        return new Policy(chain, rules("rule", 6), roles, groups, users, aclFile(), noMatch);
    }

    List<Rule> rules(String origin, int most) {
        List<Rule> rules = new ArrayList<>();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            rules.add(rule(origin + " " + (i + 1)));
        }
        return rules;
    }

    Rule rule(String origin) {
        Set<Kind> kinds = EnumSet.of(one(List.of(Kind.values())));
        maybe(() -> kinds.addAll(some(List.of(Kind.values()))));
        Set<QoS> qos = random.nextInt(3) == 0 ? some(List.of(QoS.values())) : Set.of();
        Optional<Boolean> retain = random.nextInt(4) == 0 ? Optional.of(random.nextBoolean()) : Optional.empty();
        List<String> topics = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            topics.add((random.nextInt(8) == 0 ? "eq " : "") + filter(TEMPLATE_LEVELS));
        }
        Effect effect = random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW;
        return new Rule(effect, who(), kinds, qos, retain, topics, origin);
    }

    private Who who() {
        return new Who(
                rarely(() -> some(USERS)),
                rarely(() -> some(CLIENTS)),
                rarely(() -> some(ROLES)),
                rarely(() -> some(GROUPS)),
                random.nextInt(8) == 0 ? List.copyOf(some(NETWORKS)) : List.of(),
                rarely(() -> some(LISTENERS)),
                random.nextInt(10) == 0 ? Optional.of(random.nextBoolean()) : Optional.empty());
    }

    private Set<String> rarely(Supplier<Set<String>> names) {
        return random.nextInt(6) == 0 ? names.get() : Set.of();
    }

    private List<AclLine> aclFile() {
        List<AclLine> lines = new ArrayList<>();
        List<String> levels = new ArrayList<>(List.of("a", "b", "$s", "+", "+", "%c", "%u", "a%c"));
        int count = random.nextInt(9);
        for (int i = 0; i < count; i++) {
            boolean pattern = random.nextInt(3) == 0;
            String user = pattern || random.nextInt(3) == 0 ? "" : one(List.of("a", "b", "a+", "$s"));
            lines.add(new AclLine(pattern, user, one(List.of("read", "write", "readwrite", "deny")), filter(levels)));
        }
        lines.sort((one, other) -> one.user().compareTo(other.user())); // the first block is that without a name
        return lines;
    }

    static String text(List<AclLine> lines) {
        StringBuilder text = new StringBuilder("# made by a test\n");
        String user = "";
        for (AclLine line : lines) {
            if (!line.user().equals(user)) {
                user = line.user();
                text.append("\nuser ").append(user).append('\n');
            }
            text.append(line.text()).append('\n');
        }
        return text.toString();
    }

    /** A filter or a template of up to three levels, perhaps with # behind. */
    private String filter(List<String> levels) {
        while (true) {
            List<String> chosen = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                chosen.add(one(levels));
            }
            if (random.nextInt(3) == 0) {
                chosen.add("#");
            }
            if (random.nextInt(12) == 0) {
                return "#";
            }
            String text = String.join("/", chosen);
            boolean mayGrow =
                    text.contains("%c") || text.contains("${clientid}"); // to a/b: the universe ends somewhere
            int ids = text.split("%c|\\$\\{clientid}", -1).length - 1;
            if (!text.isEmpty() && (!mayGrow || chosen.size() < 3 && ids == 1)) {
                return text;
            }
        }
    }

    /** What a client subscribes to. */
    String filter() {
        return filter(List.of("a", "b", "$s", "+", "+", "", "aa"));
    }

    Principal principal() {
        String username = random.nextInt(4) == 0 ? null : one(USERS);
        String clientId = one(CLIENTS);
        if (random.nextInt(12) == 0) {
            return new Principal(clientId, username);
        }
        Map<String, String> attributes = new HashMap<>();
        List.of("cert.cn", "jwt.x").forEach(name -> maybe(() -> attributes.put(name, one(VALUES))));
        return new Principal(
                clientId,
                username,
                new TestSubject(
                        one(LISTENERS),
                        address(),
                        rarely(() -> some(ROLES)),
                        rarely(() -> some(GROUPS)),
                        attributes,
                        random.nextInt(5) == 0 ? rules("login", 2) : List.of(),
                        random.nextInt(30) == 0));
    }

    private @Nullable SocketAddress address() {
        return random.nextInt(6) == 0 ? null : new InetSocketAddress(InetAddress.ofLiteral(one(ADDRESSES)), 4711);
    }

    /** A login as tests need it. */
    record TestSubject(
            String listener,
            @Nullable SocketAddress address,
            Set<String> roles,
            Set<String> groups,
            Map<String, String> attributes,
            List<Rule> rules,
            boolean superuser)
            implements Subject {
        @Override
        public long endsAtMillis() {
            return NEVER;
        }
    }

    int number(int bound) {
        return random.nextInt(bound);
    }

    <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private <T> Set<T> some(List<T> all) {
        Set<T> chosen = new HashSet<>();
        chosen.add(one(all));
        chosen.add(one(all));
        return chosen;
    }

    private void maybe(Runnable action) {
        if (random.nextBoolean()) {
            action.run();
        }
    }
}
