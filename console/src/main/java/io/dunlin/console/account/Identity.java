package io.dunlin.console.account;

import io.dunlin.security.audit.Actor;

/**
 * Who asks.
 *
 * @param name of a user or a key
 * @param isKey whether a program asks, with an API key
 * @param version of the user's account as it was then, see {@link Accounts#holds}; 0 for a key
 */
public record Identity(String name, Role role, boolean isKey, long version) {
    static Identity of(Account account) {
        return new Identity(account.name(), account.role(), false, account.version());
    }

    /** As the audit log names it. */
    public Actor actor() {
        return new Actor(name, isKey ? "api key" : "console");
    }
}
