package io.dunlin.security.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.PartialResultException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;

/** What was found of one entry. */
record Entry(String dn, Attributes attributes) {
    private static final String NO_ATTRIBUTES = "1.1"; // RFC 4511, section 4.5.1.8

    /**
     * Searches.
     *
     * @param scope of {@link SearchControls}
     * @param max entries that are fetched; a directory that has more may say so with an exception
     */
    @SuppressWarnings("BanJNDI") // only the attributes wanted are asked for, and no objects are made of them
    static List<Entry> find(
            LdapContext context, LdapName base, int scope, String filter, List<String> wanted, int max, int millis)
            throws NamingException {
        SearchControls controls = new SearchControls();
        controls.setSearchScope(scope);
        controls.setCountLimit(max);
        controls.setTimeLimit(millis);
        controls.setReturningAttributes(
                wanted.isEmpty() ? new String[] {NO_ATTRIBUTES} : wanted.toArray(String[]::new));
        List<Entry> found = new ArrayList<>();
        NamingEnumeration<SearchResult> results = context.search(base, filter, controls);
        try {
            while (found.size() < max && results.hasMore()) {
                SearchResult result = results.next();
                found.add(new Entry(result.getNameInNamespace(), result.getAttributes()));
            }
        } catch (PartialResultException e) {
            // Only places elsewhere (of Active Directory's root) may be left out, not the whole of what was asked for.
            if (e.getMessage() == null || e.getMessage().contains("error code")) {
                throw e;
            }
        } finally {
            results.close();
        }
        return found;
    }

    /**
     * The values of an attribute that are texts.
     *
     * @throws NamingException where the directory gives a part of the values only
     */
    List<String> values(String name) throws NamingException {
        List<String> values = new ArrayList<>();
        Attribute attribute = attributes.get(name);
        if (attribute != null) {
            NamingEnumeration<?> all = attribute.getAll();
            while (all.hasMore()) {
                if (all.next() instanceof String text) {
                    values.add(text);
                }
            }
        }
        String part = name.toLowerCase(Locale.ROOT) + ";range=";
        NamingEnumeration<String> ids = attributes.getIDs();
        while (ids.hasMore()) {
            if (ids.next().toLowerCase(Locale.ROOT).startsWith(part)) {
                throw new NamingException(
                        "the directory gives only a part of the values of " + name + ": use ldap.group-filter instead");
            }
        }
        return values;
    }
}
