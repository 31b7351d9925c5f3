package io.dunlin.security.password;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Users with what is kept of their passwords. What it says may change from call to call. Thread: any; answers at once. */
public interface UserDirectory {
    /**
     * A user.
     *
     * @param enabled whether it may log in at all
     */
    record Entry(Credential credential, boolean enabled) {
        /** One that may log in. */
        public static Entry of(Credential credential) {
            return new Entry(credential, true);
        }
    }

    /** The user of this name, null where there is none. */
    @Nullable
    Entry find(String name);

    /** All credentials, which those of unknown users have to look like. */
    List<Credential> credentials();

    /** Those of the {@link #credentials} that serve SCRAM. */
    List<ScramKeys> scramKeys();

    /** Those of a list that serve SCRAM. */
    static List<ScramKeys> scramKeys(List<Credential> all) {
        return all.stream()
                .filter(ScramKeys.class::isInstance)
                .map(ScramKeys.class::cast)
                .toList();
    }

    /**
     * Is to keep a better credential of the same password. It may take its time and may forget about it: the next login tries again.
     *
     * @param old only where this is still what is kept
     */
    void replace(String name, Credential old, Credential better);

    /** Whether {@link #replace} does anything. */
    boolean isReplacing();

    /** Passwords that are kept badly, in the order of the names. */
    List<WeakCredential> weak(String source);
}
