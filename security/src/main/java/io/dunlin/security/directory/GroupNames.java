package io.dunlin.security.directory;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** What the names of a directory's groups mean here. Immutable. */
final class GroupNames {
    private final Optional<LdapName> base;
    private final Map<String, List<String>> roles;

    /** @throws IllegalArgumentException with a sentence, where the base is no distinguished name */
    GroupNames(LdapSettings.Groups settings) {
        this.base = settings.base().map(text -> name("authentication.ldap.group-base-dn", text));
        this.roles = settings.roles();
    }

    /** A distinguished name of the configuration. */
    static LdapName name(String setting, String text) {
        try {
            return new LdapName(text);
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException(setting + " = \"" + text
                    + "\" is no distinguished name: expected is one such as ou=people,dc=example,dc=com");
        }
    }

    /** Adds what membership in a group brings. */
    void add(String group, Set<String> toGroups, Set<String> toRoles) {
        Optional<LdapName> dn = parse(group);
        if (base.isPresent() && dn.filter(name -> name.startsWith(base.get())).isEmpty()) {
            return;
        }
        String name = dn.map(parsed ->
                        String.valueOf(parsed.getRdn(parsed.size() - 1).getValue()))
                .orElse(group);
        toGroups.add(name);
        roles.forEach((of, given) -> {
            if (of.equals(name)
                    || dn.isPresent() && parse(of).filter(dn.get()::equals).isPresent()) {
                toRoles.addAll(given);
            }
        });
    }

    Set<String> of(List<String> found, Set<String> toRoles) {
        Set<String> names = new HashSet<>();
        found.forEach(group -> add(group, names, toRoles));
        return names;
    }

    private static Optional<LdapName> parse(String text) {
        if (text.indexOf('=') < 0) {
            return Optional.empty();
        }
        try {
            LdapName name = new LdapName(text);
            return name.isEmpty() ? Optional.empty() : Optional.of(name);
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
