package io.dunlin.security.directory;

import static io.dunlin.security.directory.Template.CLIENT_ID;
import static io.dunlin.security.directory.Template.DN;
import static io.dunlin.security.directory.Template.USERNAME;

import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.NamingException;
import javax.naming.directory.SearchControls;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;

/** One login after the other steps of it: find the user, see whether it is active, bind as it, read its groups. Blocks. Immutable. */
final class LdapLogin {
    private static final Set<String> OF_CLIENT = Set.of(USERNAME, CLIENT_ID);
    private static final Set<String> OF_ENTRY = Set.of(USERNAME, CLIENT_ID, DN);
    private static final Pattern CODE = Pattern.compile("error code (\\d+)");
    private static final Pattern ACTIVE_DIRECTORY_DATA = Pattern.compile("data ([0-9a-fA-F]{3,4})");
    /** Results of a bind that are about this user (RFC 4511, appendix A): all others say that the directory could not judge. */
    private static final Set<String> REFUSALS = Set.of("19", "32", "34", "48", "49", "50", "53");
    /** What a name such as user@example.com may not have in its first part. */
    private static final Pattern NOT_IN_PRINCIPAL = Pattern.compile("[\\p{Cntrl}\"\\[\\]:;|=,+*?<>@/\\\\\\s]");

    /** What a user is called in the directory, in a filter or in a name. */
    private static final Pattern NAMING =
            Pattern.compile("(?:^|[(,+])\\s*([A-Za-z][A-Za-z0-9-]*)=\\$\\{username}\\s*(?:$|[),+])");

    private static final int GROUPS_MAX = 1000;

    private final String name;
    private final LdapSettings settings;
    private final Directory directory;
    private final Optional<Template> userDn;
    private final boolean userDnIsName;
    private final Optional<Template> filter;
    private final Optional<LdapName> base;
    private final Optional<LdapName> groupBase;
    private final Optional<Template> groupFilter;
    private final GroupNames groups;
    private final Optional<String> nameAttribute;
    private final List<String> wanted;

    /** @throws IllegalArgumentException with a sentence that names the setting, where one cannot be used */
    LdapLogin(String name, LdapSettings settings, Directory directory) {
        this.name = name;
        this.settings = settings;
        this.directory = directory;
        LdapSettings.Groups given = settings.groups();
        this.userDnIsName = settings.userDn().filter(dn -> dn.contains("=")).isPresent();
        UnaryOperator<String> escape = userDnIsName ? Escapes::inName : UnaryOperator.identity();
        this.userDn = settings.userDn().map(dn -> placed("authentication.ldap.user-dn", dn, OF_CLIENT, escape));
        this.filter = settings.search().map(search -> filter("authentication.ldap.filter", search.filter(), OF_CLIENT));
        this.base = settings.search().map(search -> GroupNames.name("authentication.ldap.base-dn", search.baseDn()));
        this.groups = new GroupNames(given);
        this.groupBase = given.base().map(text -> GroupNames.name("authentication.ldap.group-base-dn", text));
        this.groupFilter = given.filter().map(text -> filter("authentication.ldap.group-filter", text, OF_ENTRY));
        List<String> all = new ArrayList<>(settings.attributes());
        given.attribute().ifPresent(all::add);
        given.rolesAttribute().ifPresent(all::add);
        Matcher naming = NAMING.matcher(settings.userDn()
                .orElseGet(
                        () -> settings.search().map(LdapSettings.Search::filter).orElse("")));
        this.nameAttribute = naming.find() ? Optional.of(naming.group(1)) : Optional.empty();
        boolean reads = given.filter().isPresent() || settings.activeFilter().isPresent() || !all.isEmpty();
        nameAttribute.ifPresent(all::add);
        this.wanted = List.copyOf(all);
        check(settings, reads);
    }

    private void check(LdapSettings given, boolean reads) {
        if (userDn.isPresent() == filter.isPresent()) {
            throw new IllegalArgumentException(
                    "authentication.ldap needs either user-dn, or base-dn and filter: the first binds at once, the others search first");
        }
        given.search().ifPresent(search -> {
            if (search.baseDn().isBlank()) {
                throw new IllegalArgumentException(
                        "authentication.ldap.filter needs authentication.ldap.base-dn: where the users are");
            }
            if (!search.bindDn().isEmpty() && search.bindPassword().isEmpty()) {
                throw new IllegalArgumentException("authentication.ldap.bind-dn needs ldap.bind-password");
            }
        });
        given.activeFilter().ifPresent(active -> bracketed("authentication.ldap.active-filter", active));
        if (groupFilter.isPresent() && groupBase.isEmpty()) {
            throw new IllegalArgumentException(
                    "authentication.ldap.group-filter needs ldap.group-base-dn: where the groups are");
        }
        if (userDn.isPresent() && !userDnIsName && reads) {
            throw new IllegalArgumentException(
                    "authentication.ldap.user-dn is no distinguished name, so nothing can be read of the user:"
                            + " give base-dn and filter instead");
        }
    }

    private static Template filter(String setting, String text, Set<String> known) {
        return placed(setting, bracketed(setting, text), known, Escapes::inFilter);
    }

    private static Template placed(String setting, String text, Set<String> known, UnaryOperator<String> escape) {
        Template template = new Template(setting, text, known, escape);
        if (known.stream().noneMatch(template::uses)) {
            throw new IllegalArgumentException(
                    setting + " = \"" + text + "\" is the same for all users: put ${username} in");
        }
        return template;
    }

    /** A filter, with brackets around it and as many closed as opened. */
    private static String bracketed(String setting, String text) {
        int depth = 0;
        boolean whole = text.startsWith("(") && text.endsWith(")");
        for (int i = 0; i < text.length() && whole; i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            whole = depth > 0 || i == text.length() - 1;
        }
        if (!whole || depth != 0) {
            throw new IllegalArgumentException(setting + " = \"" + text
                    + "\" is no filter: expected is one such as (uid=${username}), in brackets");
        }
        return text;
    }

    /**
     * @param values of the placeholders, without DN
     * @param password not empty
     * @throws IOException where the directory is away
     * @throws NamingException where it gave no clear answer
     */
    LoginAnswer check(Map<String, String> values, byte[] password) throws NamingException, IOException {
        return userDn.isPresent()
                ? bindAtOnce(userDn.get(), values, password)
                : searchFirst(filter.orElseThrow().with(values), values, password);
    }

    private LoginAnswer bindAtOnce(Template template, Map<String, String> values, byte[] password)
            throws NamingException, IOException {
        if (!userDnIsName && values.entrySet().stream().anyMatch(value -> unfit(template, value))) {
            return LoginAnswer.Refused.wrong("no user name of a directory");
        }
        String dn = template.with(values);
        LdapContext context;
        try {
            context = directory.bind(dn, password);
        } catch (NamingException e) {
            return refused(e);
        }
        try {
            if (!userDnIsName) { // the directory looks at such a name without regard to case
                String username = values.getOrDefault(USERNAME, "").toLowerCase(Locale.ROOT);
                return new LoginAnswer.Accepted(username, Login.of(name));
            }
            LdapName own = new LdapName(dn);
            List<Entry> found = search(context, own, SearchControls.OBJECT_SCOPE, "(objectClass=*)", wanted, 1);
            if (found.isEmpty()) {
                throw new NamingException(
                        "a user may not read its own entry: give base-dn and filter instead of user-dn");
            }
            if (!isActive(context, dn)) {
                return inactive();
            }
            return accepted(values, found.getFirst(), groupsOf(context, dn, values));
        } finally {
            Directory.close(context);
        }
    }

    private static boolean unfit(Template template, Map.Entry<String, String> value) {
        return template.uses(value.getKey())
                && NOT_IN_PRINCIPAL.matcher(value.getValue()).find();
    }

    private LoginAnswer searchFirst(String asked, Map<String, String> values, byte[] password)
            throws NamingException, IOException {
        List<Entry> found = directory.asService(
                context -> search(context, base.orElseThrow(), SearchControls.SUBTREE_SCOPE, asked, wanted, 2));
        if (found.isEmpty()) {
            return LoginAnswer.UNKNOWN;
        }
        if (found.size() > 1) {
            throw new NamingException("authentication.ldap.filter finds more than one entry for a user");
        }
        Entry entry = found.getFirst();
        if (settings.activeFilter().isPresent() && !directory.asService(context -> isActive(context, entry.dn()))) {
            return inactive();
        }
        try {
            Directory.close(directory.bind(entry.dn(), password));
        } catch (NamingException e) {
            return refused(e);
        }
        List<String> searched = groupFilter.isEmpty()
                ? List.of()
                : directory.asService(context -> groupsOf(context, entry.dn(), values));
        return accepted(values, entry, searched);
    }

    private boolean isActive(LdapContext context, String dn) throws NamingException {
        return settings.activeFilter().isEmpty()
                || !search(
                                context,
                                new LdapName(dn),
                                SearchControls.OBJECT_SCOPE,
                                settings.activeFilter().get(),
                                List.of(),
                                1)
                        .isEmpty();
    }

    private static LoginAnswer inactive() {
        return LoginAnswer.Refused.wrong("the user is not active");
    }

    /** The distinguished names of the groups that the group filter finds. */
    private List<String> groupsOf(LdapContext context, String dn, Map<String, String> values) throws NamingException {
        if (groupFilter.isEmpty()) {
            return List.of();
        }
        Map<String, String> all = new HashMap<>(values);
        all.put(DN, dn);
        String asked = groupFilter.get().with(all);
        List<Entry> found = search(
                context, groupBase.orElseThrow(), SearchControls.SUBTREE_SCOPE, asked, List.of(), GROUPS_MAX + 1);
        if (found.size() > GROUPS_MAX) {
            throw new NamingException(
                    "authentication.ldap.group-filter finds more than " + GROUPS_MAX + " groups for a user");
        }
        return found.stream().map(Entry::dn).toList();
    }

    private List<Entry> search(
            LdapContext context, LdapName at, int scope, String asked, List<String> attributes, int max)
            throws NamingException {
        return Entry.find(context, at, scope, asked, attributes, max, (int)
                settings.timeout().toMillis());
    }

    private LoginAnswer accepted(Map<String, String> values, Entry entry, List<String> searched)
            throws NamingException {
        List<String> all = new ArrayList<>(searched);
        if (settings.groups().attribute().isPresent()) {
            all.addAll(entry.values(settings.groups().attribute().get()));
        }
        Set<String> roles = new HashSet<>();
        Set<String> names = groups.of(all, roles);
        if (settings.groups().rolesAttribute().isPresent()) {
            roles.addAll(entry.values(settings.groups().rolesAttribute().get()));
        }
        Map<String, String> attributes = new HashMap<>();
        for (String attribute : settings.attributes()) {
            List<String> found = entry.values(attribute);
            if (found.size() == 1) {
                attributes.put("ldap." + attribute, found.getFirst());
            }
        }
        Login login = Login.of(name).withRoles(roles, names).withAttributes(attributes);
        return new LoginAnswer.Accepted(username(values.getOrDefault(USERNAME, ""), entry), login);
    }

    /** As the directory has it: it takes ALICE for alice, but the rules do not. */
    private String username(String given, Entry entry) throws NamingException {
        if (nameAttribute.isEmpty()) {
            return given;
        }
        List<String> known = entry.values(nameAttribute.get());
        for (String value : known) {
            if (value.equalsIgnoreCase(given)) {
                return value;
            }
        }
        if (known.size() != 1) {
            throw new NamingException("the entry of a user has not one value of " + nameAttribute.get());
        }
        return known.getFirst();
    }

    /** Takes a directory's no for a no, and anything else for a failure. */
    private static LoginAnswer refused(NamingException e) throws NamingException {
        String said = e.getMessage() == null ? "" : e.getMessage();
        Matcher code = CODE.matcher(said);
        if (!code.find() || !REFUSALS.contains(code.group(1))) {
            throw e;
        }
        Matcher data = ACTIVE_DIRECTORY_DATA.matcher(said);
        String why = data.find() ? activeDirectory(data.group(1)) : "";
        return LoginAnswer.Refused.wrong("the directory refuses the bind, result " + code.group(1) + why);
    }

    /** What Active Directory adds to result 49. */
    private static String activeDirectory(String data) {
        return switch (data) {
            case "525" -> ": no such user";
            case "52e" -> ": wrong password";
            case "530" -> ": not at this hour";
            case "531" -> ": not from this computer";
            case "532" -> ": the password has run out";
            case "533" -> ": the account is disabled";
            case "701" -> ": the account has run out";
            case "773" -> ": the password must be changed first";
            case "775" -> ": the account is locked";
            default -> "";
        };
    }
}
