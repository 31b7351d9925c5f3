package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One question with all that rules look at, found out once. Immutable.
 *
 * @param levels of the topic or filter; not to be changed
 * @param groups of the login and of the store
 * @param roles of the login, of the store and of the groups
 */
record Question(
        Principal principal,
        Subject subject,
        Action action,
        String topic,
        String[] levels,
        Set<String> groups,
        Set<String> roles) {
    static final String CLIENT_ID = "clientid";
    static final String USERNAME = "username";

    static Question of(Principal principal, Action action, String topic, RoleBook book) {
        Subject subject = Subject.of(principal);
        String username = principal.username();
        Set<String> groups = book.groupsOf(subject, username);
        Set<String> roles = book.rolesOf(subject, username, groups);
        return new Question(principal, subject, action, topic, topic.split("/", -1), groups, roles);
    }

    boolean isSubscribe() {
        return action.kind() == Kind.SUBSCRIBE;
    }

    /** The value for a placeholder, null where the client has none. */
    @Nullable
    String value(String name) {
        return switch (name) {
            case CLIENT_ID -> principal.clientId();
            case USERNAME -> principal.username();
            default -> subject.attributes().get(name);
        };
    }
}
