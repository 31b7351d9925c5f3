package io.dunlin.server;

import io.dunlin.security.acl.AclFile;
import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Rule.Who;
import io.dunlin.server.config.AuthorizationConfig;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The rules of a configuration, for an assessment. Reads files. */
final class ConfiguredRules {
    private ConfiguredRules() {}

    /**
     * All rules of the configuration, those of roles as rules for who has the role, and those of its ACL file; empty where nothing is said
     * about rights: everything is allowed then.
     */
    static Optional<List<Rule>> of(Bound<ServerConfig> bound) {
        AuthorizationConfig config = bound.value().authorization();
        if (!config.isConfigured()) {
            return Optional.empty();
        }
        List<Rule> all = new ArrayList<>(config.toRules());
        new TreeMap<>(config.rulesOfRoles())
                .forEach((role, rules) -> rules.forEach(rule -> all.add(limited(rule, role))));
        config.aclFile().ifPresent(file -> {
            try {
                all.addAll(AclFile.read(file).toRules());
            } catch (InvalidRule e) {
                throw new StartFailed(String.valueOf(e.getMessage()), e);
            }
        });
        return Optional.of(List.copyOf(all));
    }

    /** A rule of a role for nobody but who has it. */
    private static Rule limited(Rule rule, String role) {
        Who who = rule.who();
        if (!who.roles().isEmpty()) {
            return rule;
        }
        return new Rule(
                rule.effect(),
                new Who(
                        who.usernames(),
                        who.clientIds(),
                        Set.of(role),
                        who.groups(),
                        who.addresses(),
                        who.listeners(),
                        who.anonymous()),
                rule.kinds(),
                rule.qos(),
                rule.retain(),
                rule.topics(),
                rule.origin());
    }
}
