package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Rule.Effect;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What docs/authorization.md says, once more and as plainly as can be: sets of topics out of a universe of some hundred, regular
 * expressions, no index, no shortcut. Shares no code with the real thing but the records that hold a policy.
 */
final class NaivePolicy {
    private static final String BELOW = "\0";
    private static final Pattern DANGEROUS = Pattern.compile("[+#/\0]");

    private final List<String> universe;
    private final Map<String, BitSet> matched;
    private final Policy policy;

    /** One line of an ACL file. */
    record AclLine(boolean pattern, String user, String access, String topic) {
        String text() {
            return (pattern ? "pattern " : "topic ") + access + " " + topic;
        }
    }

    /** All that decides; a source that is null is not asked. */
    record Policy(
            List<String> chain,
            List<Rule> rules,
            Map<String, List<Rule>> roles,
            Map<String, Set<String>> groups,
            Map<String, RoleBook.Member> users,
            List<AclLine> aclFile,
            AccessChain.NoMatch noMatch) {}

    /** Topics on which a place says yes, and on which it says no. */
    private record Said(BitSet allowed, BitSet denied) {
        static Said nothing() {
            return new Said(new BitSet(), new BitSet());
        }
    }

    /** @param matched is filled, and of use to other policies with the same universe */
    NaivePolicy(Policy policy, List<String> universe, Map<String, BitSet> matched) {
        this.policy = policy;
        this.matched = matched;
        this.universe = universe;
    }

    /** All topics of the universe that a client may publish or receive. */
    BitSet allowed(Principal principal, Action action) {
        BitSet yes = new BitSet();
        if (Subject.of(principal).superuser()) {
            yes.set(0, universe.size());
            return yes;
        }
        boolean forgotten = Subject.of(principal) == Subject.UNKNOWN && principal.username() != null;
        if (forgotten && action.kind() == Kind.PUBLISH) {
            return yes;
        }
        BitSet open = new BitSet();
        open.set(0, universe.size());
        for (Said said : sources(principal, action)) {
            BitSet now = and(open, said.allowed);
            yes.or(now);
            open.andNot(said.allowed);
            open.andNot(said.denied);
        }
        if (endsWithYes(principal)) {
            yes.or(open);
        }
        return yes;
    }

    private boolean endsWithYes(Principal principal) {
        return switch (policy.noMatch) {
            case ALLOW -> true;
            case DENY -> false;
            case UNCONFIGURED ->
                Subject.of(principal).rules().isEmpty()
                        && roles(principal).stream()
                                .allMatch(role -> policy.roles
                                        .getOrDefault(role, List.of())
                                        .isEmpty());
        };
    }

    private List<Said> sources(Principal principal, Action action) {
        List<Said> all = new ArrayList<>();
        all.add(list(Subject.of(principal).rules(), principal, action));
        for (String source : policy.chain) {
            all.add(
                    switch (source) {
                        case "rules" -> list(policy.rules, principal, action);
                        case "users" -> ofRoles(principal, action);
                        default -> ofAclFile(principal, action);
                    });
        }
        return all;
    }

    private Said list(List<Rule> rules, Principal principal, Action action) {
        Said said = Said.nothing();
        BitSet open = new BitSet();
        open.set(0, universe.size());
        for (Rule rule : rules) {
            if (!isAbout(rule, action) || !concerns(rule, principal)) {
                continue;
            }
            for (String topic : rule.topics()) {
                BitSet hit = and(open, topicsOf(topic, rule, principal, action.kind()));
                (rule.effect() == Effect.ALLOW ? said.allowed : said.denied).or(hit);
                open.andNot(hit);
            }
        }
        return said;
    }

    private Said ofRoles(Principal principal, Action action) {
        Said said = Said.nothing();
        for (String role : roles(principal)) {
            Said one = list(policy.roles.getOrDefault(role, List.of()), principal, action);
            said.allowed.or(one.allowed);
            said.denied.or(one.denied);
        }
        said.allowed.andNot(said.denied);
        return said;
    }

    private Said ofAclFile(Principal principal, Action action) {
        Said said = Said.nothing();
        BitSet open = new BitSet();
        open.set(0, universe.size());
        String username = principal.username();
        for (boolean pattern : new boolean[] {false, true}) {
            boolean any = policy.aclFile.stream().anyMatch(line -> line.pattern);
            if (pattern && any && (isWild(principal.clientId()) || username != null && isWild(username))) {
                said.denied.or(open);
                return said;
            }
            for (boolean deny : new boolean[] {true, false}) {
                for (AclLine line : policy.aclFile) {
                    boolean mine = line.pattern
                            || line.user.equals(username == null ? "" : username + (username.isEmpty() ? "?" : ""));
                    boolean right = line.access.equals("readwrite")
                            || line.access.equals(action.kind() == Kind.PUBLISH ? "write" : "read");
                    boolean asked = line.pattern == pattern && line.access.equals("deny") == deny;
                    if (!mine
                            || !asked
                            || !deny && !right
                            || line.topic.contains("%u") && pattern && username == null) {
                        continue;
                    }
                    String topic = pattern
                            ? line.topic
                                    .replace("%c", principal.clientId())
                                    .replace("%u", username == null ? "" : username)
                            : line.topic;
                    BitSet hit = and(open, matched(topic));
                    (deny ? said.denied : said.allowed).or(hit);
                    open.andNot(hit);
                }
            }
        }
        return said;
    }

    private static boolean isWild(String name) {
        return name.contains("+") || name.contains("#");
    }

    /** Whether a SUBSCRIBE is allowed at all. */
    boolean maySubscribe(Principal principal, Action action, String filter) {
        if (Subject.of(principal).superuser()) {
            return true;
        }
        Boolean own = subscribes(Subject.of(principal).rules(), principal, action, filter);
        if (own != null) {
            return own;
        }
        for (String source : policy.chain) {
            Boolean said =
                    switch (source) {
                        case "rules" -> subscribes(policy.rules, principal, action, filter);
                        case "users" -> rolesSubscribe(principal, action, filter);
                        default -> true;
                    };
            if (said != null) {
                return said;
            }
        }
        return endsWithYes(principal);
    }

    private @Nullable Boolean rolesSubscribe(Principal principal, Action action, String filter) {
        Set<Boolean> all = new HashSet<>();
        for (String role : roles(principal)) {
            Boolean said = subscribes(policy.roles.getOrDefault(role, List.of()), principal, action, filter);
            if (said != null) {
                all.add(said);
            }
        }
        return all.contains(false) ? Boolean.FALSE : all.contains(true) ? Boolean.TRUE : null;
    }

    private @Nullable Boolean subscribes(List<Rule> rules, Principal principal, Action action, String filter) {
        for (Rule rule : rules) {
            if (!isAbout(rule, action) || !concerns(rule, principal)) {
                continue;
            }
            boolean denies = rule.effect() == Effect.DENY;
            boolean saysNothingOfDeliveries = denies && !isAbout(rule, Action.RECEIVE);
            for (String topic : rule.topics()) {
                boolean exact = topic.startsWith("eq ");
                String filled = fill(exact ? topic.substring(3) : topic, principal, rule.effect());
                if (filled == null) {
                    continue;
                }
                BitSet outside = (BitSet) matched(filter).clone();
                outside.andNot(matched(filled));
                boolean fits = exact ? filled.equals(filter) : outside.isEmpty();
                boolean touches = !exact && matched(filter).intersects(matched(filled));
                if (fits || saysNothingOfDeliveries && touches) {
                    return !denies;
                }
            }
        }
        return null;
    }

    /** Whether a client who may receive some topics may receive all that a filter matches. */
    boolean mayReceiveAll(BitSet received, String filter) {
        BitSet outside = (BitSet) matched(filter).clone();
        outside.andNot(received);
        return outside.isEmpty();
    }

    private static boolean isAbout(Rule rule, Action action) {
        boolean anyQos = rule.qos().isEmpty() || rule.qos().size() == 3;
        boolean qos = anyQos || rule.qos().contains(action.qos());
        return switch (action.kind()) {
            case PUBLISH ->
                rule.kinds().contains(Kind.PUBLISH) && qos && rule.retain().orElse(action.retain()) == action.retain();
            case SUBSCRIBE -> rule.kinds().contains(Kind.SUBSCRIBE) && qos;
            case RECEIVE -> {
                boolean bySubscribe =
                        rule.kinds().contains(Kind.SUBSCRIBE) && (rule.effect() == Effect.ALLOW || anyQos);
                yield rule.kinds().contains(Kind.RECEIVE) || bySubscribe;
            }
        };
    }

    private boolean concerns(Rule rule, Principal principal) {
        Rule.Who who = rule.who();
        Subject subject = Subject.of(principal);
        String username = principal.username();
        Set<String> groups = groups(principal);
        Set<String> roles = roles(principal);
        boolean unknown = subject.listener().isEmpty();
        boolean worst = rule.effect() == Effect.DENY;
        boolean listener = unknown ? worst : who.listeners().contains(subject.listener());
        boolean address = unknown && subject.address() == null
                ? worst
                : who.addresses().stream().anyMatch(network -> isIn(network, subject));
        return (who.usernames().isEmpty() || username != null && who.usernames().contains(username))
                && (who.clientIds().isEmpty() || who.clientIds().contains(principal.clientId()))
                && (who.roles().isEmpty() || who.roles().stream().anyMatch(roles::contains))
                && (who.groups().isEmpty() || who.groups().stream().anyMatch(groups::contains))
                && who.anonymous().orElse(username == null) == (username == null)
                && (who.listeners().isEmpty() || listener)
                && (who.addresses().isEmpty() || address);
    }

    private static boolean isIn(String network, Subject subject) {
        if (!(subject.address() instanceof InetSocketAddress socket)) {
            return false;
        }
        String[] parts = network.split("/");
        byte[] base = InetAddress.ofLiteral(parts[0]).getAddress();
        byte[] address = socket.getAddress().getAddress();
        int rest = parts.length == 1 ? 0 : base.length * 8 - Integer.parseInt(parts[1]);
        return base.length == address.length
                && new BigInteger(1, base).shiftRight(rest).equals(new BigInteger(1, address).shiftRight(rest));
    }

    private Set<String> groups(Principal principal) {
        Set<String> groups = new HashSet<>(Subject.of(principal).groups());
        RoleBook.Member member = policy.users.get(String.valueOf(principal.username()));
        if (member != null) {
            groups.addAll(member.groups());
        }
        return groups;
    }

    private Set<String> roles(Principal principal) {
        Set<String> roles = new HashSet<>(Subject.of(principal).roles());
        RoleBook.Member member = policy.users.get(String.valueOf(principal.username()));
        if (member != null) {
            roles.addAll(member.roles());
        }
        groups(principal).forEach(group -> roles.addAll(policy.groups.getOrDefault(group, Set.of())));
        return roles;
    }

    private BitSet topicsOf(String template, Rule rule, Principal principal, Kind kind) {
        boolean exact = template.startsWith("eq ");
        String filled = fill(exact ? template.substring(3) : template, principal, rule.effect());
        if (filled == null) {
            return new BitSet();
        }
        if (exact && (kind == Kind.PUBLISH || rule.effect() == Effect.DENY)) {
            BitSet one = new BitSet();
            int at = universe.indexOf(filled);
            if (at >= 0) {
                one.set(at);
            }
            return one;
        }
        return matched(filled);
    }

    private static @Nullable String fill(String template, Principal principal, Effect effect) {
        Map<String, String> values = new HashMap<>(Subject.of(principal).attributes());
        values.put("clientid", principal.clientId());
        if (principal.username() != null) {
            values.put("username", principal.username());
        }
        String text = template.replace("%c", "${clientid}").replace("%u", "${username}");
        while (text.contains("${")) {
            int from = text.indexOf("${");
            int to = text.indexOf('}', from);
            String value = values.get(text.substring(from + 2, to));
            if (value == null) {
                return null;
            }
            boolean dangerous =
                    value.isEmpty() || DANGEROUS.matcher(value).find() || from == 0 && value.startsWith("$");
            if (dangerous && effect == Effect.ALLOW) {
                return null;
            }
            text = text.substring(0, from) + value + text.substring(to + 1);
        }
        return text;
    }

    private BitSet matched(String filter) {
        return matched.computeIfAbsent(filter, text -> {
            Pattern pattern = Pattern.compile(regex(text));
            BitSet set = new BitSet();
            for (int i = 0; i < universe.size(); i++) {
                boolean hidden =
                        universe.get(i).startsWith("$") && Set.of("+", "#").contains(text.split("/", 2)[0]);
                set.set(i, !hidden && pattern.matcher(universe.get(i)).matches());
            }
            return set;
        });
    }

    private static String regex(String filter) {
        String first = filter.equals("#") || filter.startsWith("#/") ? ".*" : "";
        String all = List.of(filter.split("/", -1)).stream()
                .map(level -> level.equals("+") ? "[^/]*" : level.equals("#") ? BELOW : Pattern.quote(level))
                .collect(Collectors.joining("/"));
        int below = all.indexOf("/" + BELOW);
        return !first.isEmpty() ? first : below < 0 ? all : all.substring(0, below) + "(/.*)?";
    }

    private static BitSet and(BitSet one, BitSet other) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        return both;
    }
}
