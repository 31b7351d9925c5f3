package io.dunlin.security.login;

import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Subject;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a login has found out about a client, as the rules see it. Immutable.
 *
 * @param source the name of the {@link LoginSource} that let it in
 * @param listener the name of the listener through which it came
 * @param address the client's address, null where nothing is known of it
 * @param roles the roles that the source gives it; what roles mean is said by the configuration and by the store of users
 * @param groups the groups that the source puts it into
 * @param attributes for placeholders of rules: {@code cert.cn}, {@code jwt.site}, ...; names without the dollar sign and braces
 * @param rules rights that came with the login itself, of a token or of a back end; asked before all other rules
 * @param superuser whether it may do everything
 * @param endsAtMillis as {@link Identity#endsAtMillis}
 */
public record Login(
        String source,
        String listener,
        @Nullable SocketAddress address,
        Set<String> roles,
        Set<String> groups,
        Map<String, String> attributes,
        List<Rule> rules,
        boolean superuser,
        long endsAtMillis)
        implements Subject {

    /** Of a session that has had no connection since the start. */
    public static final Login UNKNOWN =
            new Login("", "", null, Set.of(), Set.of(), Map.of(), List.of(), false, Identity.NEVER);

    public Login {
        roles = Set.copyOf(roles);
        groups = Set.copyOf(groups);
        attributes = Map.copyOf(attributes);
        rules = List.copyOf(rules);
    }

    /** Says no more than who let it in; the chain adds listener and address. */
    public static Login of(String source) {
        return UNKNOWN.withSource(source);
    }

    /** The login of a principal, {@link #UNKNOWN} where it has none. */
    public static Login of(Principal principal) {
        return principal.identity() instanceof Login login ? login : UNKNOWN;
    }

    private Login withSource(String name) {
        return new Login(name, listener, address, roles, groups, attributes, rules, superuser, endsAtMillis);
    }

    /** Where the client came from. */
    public Login at(String listenerName, @Nullable SocketAddress peer) {
        return new Login(source, listenerName, peer, roles, groups, attributes, rules, superuser, endsAtMillis);
    }

    public Login withRoles(Set<String> more, Set<String> inGroups) {
        return new Login(source, listener, address, more, inGroups, attributes, rules, superuser, endsAtMillis);
    }

    public Login withAttributes(Map<String, String> all) {
        return new Login(source, listener, address, roles, groups, all, rules, superuser, endsAtMillis);
    }

    public Login withRules(List<Rule> all) {
        return new Login(source, listener, address, roles, groups, attributes, all, superuser, endsAtMillis);
    }

    public Login asSuperuser() {
        return new Login(source, listener, address, roles, groups, attributes, rules, true, endsAtMillis);
    }

    public Login endingAt(long millis) {
        return new Login(source, listener, address, roles, groups, attributes, rules, superuser, millis);
    }
}
