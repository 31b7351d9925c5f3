package io.dunlin.console.account;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody may do; each may all that the ones before it may. */
public enum Role {
    /** Looks. */
    VIEWER,
    /** Looks after clients and messages, too. */
    OPERATOR,
    /** Everything. */
    ADMIN;

    public boolean covers(Role other) {
        return compareTo(other) >= 0;
    }

    /** As it is written: {@code viewer}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty where there is none of this name. */
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }
}
