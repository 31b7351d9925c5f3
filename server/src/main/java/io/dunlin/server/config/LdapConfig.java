package io.dunlin.server.config;

import io.dunlin.security.directory.LdapSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Logins that an LDAP directory checks; docs/ldap-and-sql.md has examples. */
public record LdapConfig(
        @Setting(
                "`ldap://host` or `ldaps://host`, or several of one kind with blanks between: the first that answers is used")
        String url,

        @Setting(
                value = "Whether an `ldap://` connection becomes a TLS one before anything is said on it",
                byDefault = "false")
        boolean startTls,

        @Setting("The authorities that may sign the directory's certificate, PEM; without it those of the JDK")
        Optional<Path> cafile,

        @Setting(
                "Users bind as this name, such as `\"uid=${username},ou=people,dc=example,dc=com\"`; without it they are searched by"
                        + " `filter` first")
        Optional<String> userDn,

        @Setting("The account that searches; without it nobody in particular does")
        Optional<String> bindDn,

        @Setting("Password of `bind-dn`") Optional<Secret> bindPassword,

        @Setting("Where users are searched, all levels below it")
        Optional<String> baseDn,

        @Setting("Finds the one entry of a user, such as `\"(uid=${username})\"`; `${clientid}` can be used too")
        Optional<String> filter,

        @Setting("A user whose entry does not match this filter is refused")
        Optional<String> activeFilter,

        @Setting("Attribute of the user's entry whose values are its groups, such as `memberOf`")
        Optional<String> groupAttribute,

        @Setting("Groups that are not below it do not count; also where `group-filter` searches")
        Optional<String> groupBaseDn,

        @Setting("Finds the groups of a user, such as `\"(member=${dn})\"`; `${username}` can be used too")
        Optional<String> groupFilter,

        @Setting("Attribute of the user's entry whose values are roles")
        Optional<String> rolesAttribute,

        @Setting("Roles of the members of a group, by its name or its whole distinguished name")
        Map<String, List<String>> groupRoles,

        @Setting(
                "Attributes of the user's entry that rules can use as `${ldap.<name>}`; one with several values is left out")
        List<String> attributes,

        @Setting(
                value = "For each step: connecting, TLS, binding, searching",
                byDefault = "5s",
                min = "10ms",
                max = "1m")
        Duration timeout,

        @Setting(
                value =
                        "Logins that the directory is asked about at a time; 1,000 more wait for as long as `timeout`, then more are"
                                + " refused",
                byDefault = "32",
                min = "1",
                max = "1000")
        int maxConcurrent,

        @Setting(
                value =
                        "How long a right login need not be checked again for the same client, listener and address; 0s for never",
                byDefault = "1m",
                min = "0s",
                max = "1d")
        Duration remember) {

    /** As the source takes them. */
    public LdapSettings toSettings() {
        Optional<LdapSettings.Search> search = filter.map(text -> new LdapSettings.Search(
                bindDn.orElse(""), bindPassword.map(Secret::value).orElse(""), baseDn.orElse(""), text));
        return new LdapSettings(
                url,
                startTls,
                cafile,
                userDn,
                search,
                activeFilter,
                new LdapSettings.Groups(groupAttribute, groupBaseDn, groupFilter, rolesAttribute, groupRoles),
                Set.copyOf(attributes),
                timeout,
                maxConcurrent);
    }
}
