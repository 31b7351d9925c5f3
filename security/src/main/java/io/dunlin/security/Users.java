package io.dunlin.security;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All users by name with what is kept of their passwords. Immutable; a reload makes a new one. */
public final class Users {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, Credential> byName;
    private final List<Credential> all;
    private final List<ScramKeys> scram;
    private final byte[] decoySecret = new byte[32];

    public Users(Map<String, Credential> byName) {
        this.byName = Map.copyOf(byName);
        this.all = List.copyOf(byName.values());
        this.scram = all.stream()
                .filter(ScramKeys.class::isInstance)
                .map(ScramKeys.class::cast)
                .toList();
        RANDOM.nextBytes(decoySecret);
    }

    /**
     * Reads the users of a configuration. A password that is given as such becomes SCRAM keys, some 5 ms each, and is not kept.
     *
     * @param secrets passwords or their stored forms, by user name
     * @param file more users, or null
     * @throws InvalidCredential that names the user
     */
    public static Users of(Map<String, String> secrets, @Nullable PasswordFile file) {
        Map<String, Credential> users = new HashMap<>(file == null ? Map.of() : file.users());
        secrets.forEach((name, secret) -> {
            if (users.put(name, credential(name, secret)) != null) {
                throw new InvalidCredential(
                        "user " + name + " stands in the configuration and in the password file: remove one");
            }
        });
        return new Users(users);
    }

    private static Credential credential(String name, String secret) {
        if (!Credential.isStoredForm(secret)) {
            return ScramKeys.of(secret.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return Credential.parse(secret);
        } catch (InvalidCredential e) {
            throw new InvalidCredential("user " + name + ": " + e.getMessage());
        }
    }

    public int size() {
        return all.size();
    }

    /** Whether any user can log in by SCRAM: those with a {@code $7$} or {@code $6$} hash cannot. */
    boolean hasScram() {
        return !scram.isEmpty();
    }

    @Nullable
    Credential find(String name) {
        return byName.get(name);
    }

    /** The keys to answer a SCRAM client with: real ones, or some that look like it and match nothing. */
    ScramKeys scramKeysOrDecoy(String name) {
        if (byName.get(name) instanceof ScramKeys keys) {
            return keys;
        }
        byte[] random = Pbkdf2.hmac(Pbkdf2.HMAC_SHA_512, decoySecret, name.getBytes(StandardCharsets.UTF_8));
        int iterations = ScramKeys.ITERATIONS_DEFAULT;
        int saltBytes = ScramKeys.SALT_BYTES;
        if (!scram.isEmpty()) { // as some real user has them, and the same for this name each time
            ScramKeys model = scram.get(Math.floorMod(Arrays.hashCode(random), scram.size()));
            iterations = model.iterations();
            saltBytes = model.salt().length;
        }
        byte[] salt = Pbkdf2.derive(Pbkdf2.HMAC_SHA_256, random, decoySecret, 1, saltBytes);
        byte[] serverKey = Arrays.copyOf(random, 32);
        return new ScramKeys(iterations, salt, new byte[32], serverKey);
    }

    /** Something to check the password of an unknown user against, so that it takes as long as that of a known one. */
    @Nullable
    Credential decoy(String name) {
        return all.isEmpty() ? null : all.get(Math.floorMod(name.hashCode(), all.size()));
    }
}
