package io.dunlin.security.password;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The users that stand in the configuration itself. Immutable; a reload makes a new one. */
public final class ConfiguredUsers implements UserDirectory {
    /** So that a plain password gives the same keys at each reload: clients that it let in are recognised by that. */
    private static final byte[] SALT_SECRET = new byte[32];

    static {
        new SecureRandom().nextBytes(SALT_SECRET);
    }

    private final Map<String, Entry> byName;
    private final List<Credential> credentials;
    private final List<ScramKeys> scramKeys;
    private final Set<String> plain;

    private ConfiguredUsers(Map<String, Entry> byName, Set<String> plain) {
        this.byName = Map.copyOf(byName);
        this.credentials = byName.values().stream().map(Entry::credential).toList();
        this.scramKeys = UserDirectory.scramKeys(credentials);
        this.plain = Set.copyOf(plain);
    }

    /**
     * Reads the users. A password that is given as such becomes SCRAM keys, some 5 ms each, and is not kept.
     *
     * @param secrets passwords or their stored forms, by user name
     * @throws InvalidCredential that names the user
     */
    public static ConfiguredUsers of(Map<String, String> secrets) {
        Map<String, Entry> entries = new HashMap<>();
        List<String> plain = new ArrayList<>();
        secrets.forEach((name, secret) -> {
            boolean stored = Credential.isStoredForm(secret);
            if (!stored) {
                plain.add(name);
            }
            Credential credential = stored ? parse(name, secret) : keys(name, secret);
            entries.put(name, Entry.of(credential));
        });
        return new ConfiguredUsers(entries, Set.copyOf(plain));
    }

    private static Credential parse(String name, String secret) {
        try {
            return Credential.parse(secret);
        } catch (InvalidCredential e) {
            throw new InvalidCredential("user " + name + ": " + e.getMessage());
        }
    }

    private static Credential keys(String name, String secret) {
        byte[] password = secret.getBytes(StandardCharsets.UTF_8);
        byte[] salt =
                KeyedDigest.of(SALT_SECRET, ScramKeys.SALT_BYTES, name.getBytes(StandardCharsets.UTF_8), password);
        return ScramKeys.of(password, salt, ScramKeys.ITERATIONS_DEFAULT);
    }

    public int size() {
        return byName.size();
    }

    @Override
    public @Nullable Entry find(String name) {
        return byName.get(name);
    }

    @Override
    public List<Credential> credentials() {
        return credentials;
    }

    @Override
    public List<ScramKeys> scramKeys() {
        return scramKeys;
    }

    @Override
    public void replace(String name, Credential old, Credential better) {
        throw new UnsupportedOperationException("a configuration is not written");
    }

    @Override
    public boolean isReplacing() {
        return false;
    }

    @Override
    public List<WeakCredential> weak(String source) {
        List<WeakCredential> found = new ArrayList<>();
        new TreeMap<>(byName).forEach((name, entry) -> {
            if (plain.contains(name)) {
                found.add(new WeakCredential(
                        source,
                        name,
                        "the password itself stands in the configuration",
                        "put its hash there (dunlin passwd --print), or use password-file"));
            } else {
                entry.credential()
                        .weakness()
                        .ifPresent(why -> found.add(new WeakCredential(
                                source, name, why, "write the hash again with dunlin passwd --print")));
            }
        });
        return found;
    }
}
