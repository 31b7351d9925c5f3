package io.dunlin.server.config;

import com.typesafe.config.ConfigUtil;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Rule.Effect;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** Who may do what. Where nothing is given here, everybody who may connect may do everything. */
public record AuthorizationConfig(
        @Setting("Rules, of which the first that fits decides; see docs/authorization.md")
        List<RuleConfig> rules,

        @Setting("Roles by name: what those may do who have them")
        Map<String, RoleConfig> roles,

        @Setting("Groups by name: the roles of those who are in them")
        Map<String, GroupConfig> groups,

        @Setting("A service that is asked about rights: see docs/tokens-and-http.md")
        Optional<HttpAccessConfig> http,

        @Setting("Rights in an SQL data base: see docs/ldap-and-sql.md")
        Optional<SqlAccessConfig> sql,

        @Setting("An ACL file of Mosquitto, read as it is; read again at a reload")
        Optional<Path> aclFile,

        @Setting(
                "The places where rights are looked up, in the order in which they are asked, such as `[rules, users, acl-file]`;"
                        + " without it all that are configured. The first that has an opinion decides")
        Optional<List<String>> chain,

        @Setting(
                "What becomes of that about which nobody has an opinion; without it, `deny` where anything is configured here")
        Optional<Effect> noMatch) {

    /** What those may do who have a role. */
    public record RoleConfig(
            @Setting(
                    "Its rules, of which the first that fits speaks for the role; what one role denies no other role allows")
            List<RuleConfig> rules) {}

    /** A group of users. */
    public record GroupConfig(
            @Setting(value = "The roles of its members", orOne = true)
            List<String> roles) {}

    /** Whether anything is given. */
    public boolean isConfigured() {
        return !rules.isEmpty()
                || !roles.isEmpty()
                || !groups.isEmpty()
                || aclFile.isPresent()
                || http.isPresent()
                || sql.isPresent()
                || chain.isPresent()
                || noMatch.isPresent();
    }

    /** The rules that concern everybody who fits. */
    public List<Rule> toRules() {
        return rules.stream().map(RuleConfig::toRule).toList();
    }

    /** The rules of each role. */
    public Map<String, List<Rule>> rulesOfRoles() {
        Map<String, List<Rule>> all = new HashMap<>();
        roles.forEach((name, role) -> all.put(
                name,
                role.rules().stream()
                        .map(rule -> rule.toRule("role " + name + ", "))
                        .toList()));
        return Map.copyOf(all);
    }

    /** The roles of each group. */
    public Map<String, Set<String>> rolesOfGroups() {
        Map<String, Set<String>> all = new HashMap<>();
        groups.forEach((name, group) -> all.put(name, Set.copyOf(group.roles())));
        return Map.copyOf(all);
    }

    /** The roles that it knows: those with rules of their own, and those that its rules speak of. */
    public Set<String> knownRoles() {
        Set<String> known = new HashSet<>(roles.keySet());
        rules.forEach(rule -> known.addAll(rule.roles()));
        groups.values().forEach(group -> known.addAll(group.roles()));
        return Set.copyOf(known);
    }

    /** The groups that it knows: those with roles, and those that its rules speak of. */
    public Set<String> knownGroups() {
        Set<String> known = new HashSet<>(groups.keySet());
        rules.forEach(rule -> known.addAll(rule.groups()));
        return Set.copyOf(known);
    }

    /** Tells of each rule that cannot be used: its path and what is wrong. */
    void problems(BiConsumer<String, String> found) {
        problems("authorization.rules", rules, found);
        roles.forEach((name, role) ->
                problems("authorization.roles." + ConfigUtil.joinPath(name) + ".rules", role.rules(), found));
    }

    private static void problems(String path, List<RuleConfig> rules, BiConsumer<String, String> found) {
        for (int i = 0; i < rules.size(); i++) {
            String at = path + "." + i;
            rules.get(i).problem().ifPresent(problem -> found.accept(at, at + ": " + problem));
        }
    }
}
