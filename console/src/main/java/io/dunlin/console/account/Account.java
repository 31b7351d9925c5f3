package io.dunlin.console.account;

import io.dunlin.security.password.Credential;

/**
 * Who may log in at the console.
 *
 * @param version another one after each change, in this process
 */
record Account(String name, Role role, Credential credential, long version) {
    @Override
    public String toString() {
        return name + " (" + role.text() + ")";
    }
}
