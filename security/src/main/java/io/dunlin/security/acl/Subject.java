package io.dunlin.security.acl;

import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a login says of a client to those who decide about its rights. Immutable. */
public interface Subject extends Identity {
    /** The name of the listener through which it came, empty where that is not known. */
    String listener();

    /** Null where it is not known. */
    @Nullable
    SocketAddress address();

    /** The roles that came with the login; those that the store gives a user are in the {@link RoleBook}. */
    Set<String> roles();

    /** The groups that came with the login. */
    Set<String> groups();

    /** For placeholders: {@code cert.cn}, {@code jwt.site}; names without the dollar sign and braces. */
    Map<String, String> attributes();

    /** Rights that came with the login itself; asked before all other rules. */
    List<Rule> rules();

    /** Whether it may do everything. */
    boolean superuser();

    /** What the login of a principal says, {@link #UNKNOWN} where it has none. */
    static Subject of(Principal principal) {
        return principal.identity() instanceof Subject subject ? subject : UNKNOWN;
    }

    /** Of whom nothing is known but the names, such as a session that has had no connection since the start. */
    Subject UNKNOWN = new Subject() {
        @Override
        public String listener() {
            return "";
        }

        @Override
        public @Nullable SocketAddress address() {
            return null;
        }

        @Override
        public Set<String> roles() {
            return Set.of();
        }

        @Override
        public Set<String> groups() {
            return Set.of();
        }

        @Override
        public Map<String, String> attributes() {
            return Map.of();
        }

        @Override
        public List<Rule> rules() {
            return List.of();
        }

        @Override
        public boolean superuser() {
            return false;
        }

        @Override
        public long endsAtMillis() {
            return NEVER;
        }
    };
}
