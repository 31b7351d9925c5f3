package io.dunlin.security.directory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the directory is and how users are found in it. Immutable.
 *
 * @param url {@code ldap://host} or {@code ldaps://host}, or several of one kind with blanks between: the first that answers is used
 * @param startTls whether an {@code ldap://} connection becomes a TLS one before anything is said on it
 * @param cafile the authorities that may sign the directory's certificate, PEM; without it those of the JDK
 * @param userDn with it a user binds as this name, with {@code ${username}} or {@code ${clientid}}; without it {@code search} finds
 *     the name
 * @param search how a user is found; needed where there is no {@code userDn}
 * @param activeFilter a user whose entry does not match it is refused
 * @param attributes attributes of the user's entry that become {@code ldap.<name>}; one with several values is left out
 * @param timeout for each step: connecting, TLS, binding, searching
 * @param concurrentMax logins under way at a time; more are refused
 */
public record LdapSettings(
        String url,
        boolean startTls,
        Optional<Path> cafile,
        Optional<String> userDn,
        Optional<Search> search,
        Optional<String> activeFilter,
        Groups groups,
        Set<String> attributes,
        Duration timeout,
        int concurrentMax) {

    public LdapSettings {
        attributes = Set.copyOf(attributes);
    }

    /**
     * Finds the entry of a user, who then binds as it.
     *
     * @param bindDn the account that may search; empty for an anonymous search
     * @param baseDn below which it searches, all levels
     * @param filter with {@code ${username}} or {@code ${clientid}}
     */
    public record Search(String bindDn, String bindPassword, String baseDn, String filter) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Search[" + bindDn + ", " + baseDn + ", " + filter + "]";
        }
    }

    /**
     * What groups and roles a user has. The name of a group is the value of the first part of its name, {@code ops} for
     * {@code cn=ops,ou=groups,dc=example}.
     *
     * @param attribute of the user's entry, whose values are the names of its groups, such as {@code memberOf}
     * @param base groups that are not below it are left out; also where {@code filter} searches
     * @param filter finds the groups of a user, with {@code ${dn}} or {@code ${username}}
     * @param rolesAttribute of the user's entry, whose values are roles
     * @param roles roles by a group's name or its whole distinguished name
     */
    public record Groups(
            Optional<String> attribute,
            Optional<String> base,
            Optional<String> filter,
            Optional<String> rolesAttribute,
            Map<String, List<String>> roles) {
        public static final Groups NONE =
                new Groups(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

        public Groups {
            roles = Map.copyOf(roles);
        }
    }
}
