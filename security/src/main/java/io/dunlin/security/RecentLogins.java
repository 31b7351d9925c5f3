package io.dunlin.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Users who logged in a short time ago with the right password, so that a client that comes back need not be hashed again. Keeps a
 * digest that is keyed with a secret of this process, never the password. Bounded: a full one takes no new users until some
 * have run out. Thread: any.
 */
final class RecentLogins {
    private final byte[] secret = new byte[32];
    private final ConcurrentHashMap<String, Login> byName = new ConcurrentHashMap<>();
    private final int usersMax;
    private final long lifeNanos;

    RecentLogins(int usersMax, int seconds) {
        this.usersMax = usersMax;
        this.lifeNanos = TimeUnit.SECONDS.toNanos(seconds);
        new SecureRandom().nextBytes(secret);
    }

    /** Some 2 µs. */
    byte[] digest(String name, byte[] password) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer data = ByteBuffer.allocate(4 + nameBytes.length + password.length);
        data.putInt(nameBytes.length).put(nameBytes).put(password);
        return Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, secret, data.array());
    }

    boolean contains(String name, byte[] digest, long nowNanos) {
        Login login = byName.get(name);
        return login != null && login.endsAtNanos - nowNanos > 0 && MessageDigest.isEqual(login.digest, digest);
    }

    void add(String name, byte[] digest, long nowNanos) {
        if (usersMax <= 0) {
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
