package io.dunlin.broker.session;

import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The common name (CN) in the subject of a certificate. */
final class CommonName {
    private CommonName() {}

    /** The most specific CN, or null where there is none. */
    static @Nullable String of(X500Principal subject) {
        try {
            List<Rdn> parts = new LdapName(subject.getName()).getRdns();
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i).getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(parts.get(i).getValue());
                }
            }
            return null;
        } catch (InvalidNameException unreadable) { // a subject without a readable name names nobody
            return null;
        }
    }
}
