package io.dunlin.security.password;

import java.security.MessageDigest;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Users who logged in a short time ago with the right password, so that a client that comes back need not be hashed again. Keeps a
 * digest that is keyed with a secret of this process, never the password. Bounded: a full one takes no new users until some
 * have run out. Thread: any.
 */
final class RecentLogins {
    private final ConcurrentHashMap<String, Login> byName = new ConcurrentHashMap<>();
    private final int usersMax;
    private final long lifeNanos;

    RecentLogins(int usersMax, int seconds) {
        this.usersMax = usersMax;
        this.lifeNanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    boolean contains(String name, byte[] digest, long nowNanos) {
        Login login = byName.get(name);
        return login != null && login.endsAtNanos - nowNanos > 0 && MessageDigest.isEqual(login.digest, digest);
    }

    void add(String name, byte[] digest, long nowNanos) {
        if (usersMax <= 0 || lifeNanos <= 0) {
            return;
        }
        if (byName.size() >= usersMax && !byName.containsKey(name)) {
            byName.values().removeIf(login -> login.endsAtNanos - nowNanos <= 0);
            if (byName.size() >= usersMax) {
                return;
            }
        }
        byName.put(name, new Login(digest, nowNanos + lifeNanos));
    }

    private record Login(byte[] digest, long endsAtNanos) {}
}
