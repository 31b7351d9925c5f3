package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.acl.AccessChain.NoMatch;
import io.dunlin.security.acl.AccessSource;
import io.dunlin.security.acl.AclFile;
import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.RoleBook;
import io.dunlin.security.acl.RoleBook.Member;
import io.dunlin.security.acl.RoleRules;
import io.dunlin.security.acl.Roles;
import io.dunlin.security.acl.RuleList;
import io.dunlin.server.config.AuthenticationConfig;
import io.dunlin.server.config.AuthorizationConfig;
import io.dunlin.server.config.ServerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the chain of rights out of a configuration. Reads files: not for a shard. */
final class Rights {
    private static final String RULES = "rules";

    private Rights() {}

    /**
     * Makes the chain that {@code authorization} asks for.
     *
     * @param store the roles that are edited at run time
     * @param others sources of services, in the order in which they are asked where no other is given
     * @param loginsBringRules whether logins may come with rules of their own
     * @throws StartFailed where a file or rule cannot be used, or the chain names what is not configured
     */
    static AccessChain of(
            ServerConfig server, Roles store, List<AccessSource> others, boolean loginsBringRules, Clock clock) {
        AuthorizationConfig config = server.authorization();
        try {
            Roles configured = Roles.of(
                    new RoleBook(0, members(server.authentication()), config.rolesOfGroups(), config.rulesOfRoles()));
            Roles roles = configured.and(store);
            Map<String, AccessSource> known = new LinkedHashMap<>();
            known.put(RULES, new RuleList(RULES, config.toRules()));
            known.put(RoleRules.NAME, new RoleRules(roles));
            config.aclFile().ifPresent(file -> known.put(AclFile.NAME, AclFile.read(file)));
            others.forEach(source -> known.put(source.name(), source));
            return new AccessChain(
                    chain(config, known), noMatch(config, !others.isEmpty()), roles, loginsBringRules, clock);
        } catch (InvalidRule e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static Map<String, Member> members(AuthenticationConfig config) {
        Map<String, Member> members = new HashMap<>();
        config.users()
                .forEach((name, user) ->
                        members.put(name, new Member(Set.copyOf(user.roles()), Set.copyOf(user.groups()))));
        return members;
    }

    private static List<AccessSource> chain(AuthorizationConfig config, Map<String, AccessSource> known) {
        if (config.chain().isEmpty()) {
            return List.copyOf(known.values());
        }
        List<AccessSource> chain = new ArrayList<>();
        for (String name : config.chain().get()) {
            AccessSource source = known.get(name);
            if (source == null) {
                throw new StartFailed("authorization.chain names " + name + ", which is not configured: known are "
                        + String.join(", ", known.keySet()));
            }
            chain.add(source);
        }
        return chain;
    }

    private static NoMatch noMatch(AuthorizationConfig config, boolean services) {
        return config.noMatch()
                .map(effect -> switch (effect) {
                    case ALLOW -> NoMatch.ALLOW;
                    case DENY -> NoMatch.DENY;
                })
                .orElse(config.isConfigured() || services ? NoMatch.DENY : NoMatch.UNCONFIGURED);
    }
}
