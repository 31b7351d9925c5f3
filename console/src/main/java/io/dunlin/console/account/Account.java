package io.dunlin.console.account;

import io.dunlin.security.password.Credential;

/** Who may log in at the console. */
record Account(String name, Role role, Credential credential) {
    @Override
    public String toString() {
        return name + " (" + role.text() + ")";
    }
}
