package io.dunlin.security.guard;

import io.dunlin.security.guard.GuardOptions.Logins;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers failed logins, and refuses more for a time that grows. A user is never locked out as such, only from an address that
 * guessed; and who has logged in from an address of late is not held to account for what others do there. Thread: any.
 */
final class FailedLogins {
    private static final int ENTRIES_MAX = 32_768;
    private static final int KNOWN_MAX = 65_536;
    private static final int LEVEL_MAX = 30;
    static final long KNOWN_NANOS = TimeUnit.DAYS.toNanos(1);

    private final RecentTable<Pair, Failures> pairs = new RecentTable<>(ENTRIES_MAX);
    private final RecentTable<AddressKey, Failures> addresses = new RecentTable<>(ENTRIES_MAX);
    private final RecentTable<Known, Boolean> known = new RecentTable<>(KNOWN_MAX);

    private record Pair(AddressKey address, long user) {}

    private record Known(AddressKey address, long user, long client) {}

    /**
     * Who tries.
     *
     * @param user a hash of the name @param client a hash of the client id: what a stranger chose may be long
     */
    record Attempt(AddressKey address, long user, long client) {}

    /** A score that drains at the rate that is allowed, and how long is refused when it is full. */
    private static final class Failures {
        private static final int[] NONE = {};

        private double score;
        private long scoredNanos;
        private int level;
        private boolean refusing;
        private long untilNanos;
        private int[] users = NONE; // hashes of those that failed in this window
        private int userCount;
        private long usersSinceNanos;

        boolean isRefused(long now) {
            refusing &= untilNanos - now > 0;
            return refusing;
        }

        /** @return whether it is refused from now on */
        boolean add(long now, int most, Duration window, Logins limits) {
            double perNano = most / (double) window.toNanos();
            double drained = score - Math.max(0, now - scoredNanos) * perNano;
            if (drained <= most / 2.0) {
                level = 0;
            }
            score = Math.min(Math.max(0, drained) + 1, 2.0 * most);
            scoredNanos = now;
            if (score < most) {
                return false;
            }
            refuse(now, limits);
            return true;
        }

        void refuse(long now, Logins limits) {
            long nanos = limits.backoff().toNanos();
            long nanosMax = limits.backoffMax().toNanos();
            for (int i = 0; i < level && nanos < nanosMax; i++) {
                nanos *= 2;
            }
            level = Math.min(level + 1, LEVEL_MAX);
            untilNanos = now + Math.min(nanos, nanosMax);
            refusing = true;
        }

        /** @return whether so many different ones have failed */
        boolean addUser(long now, int user, int most, Duration window) {
            if (userCount == 0 || now - usersSinceNanos > window.toNanos()) {
                userCount = 0;
                usersSinceNanos = now;
            }
            for (int i = 0; i < userCount; i++) {
                if (users[i] == user) {
                    return userCount >= most;
                }
            }
            if (userCount < most) {
                if (userCount == users.length) {
                    users = Arrays.copyOf(users, Math.min(most, Math.max(4, 2 * userCount)));
                }
                users[userCount++] = user;
            }
            return userCount >= most;
        }
    }

    /** What is in the way of an attempt, null for nothing. */
    @Nullable
    Limit refusal(Attempt who, long now, Logins limits) {
        boolean ofPair = limits.failures() > 0
                && pairs.peek(new Pair(who.address, who.user), false, failures -> failures.isRefused(now));
        boolean ofAddress = (limits.failuresPerAddress() > 0 || limits.usersPerAddress() > 0)
                && addresses.peek(who.address, false, failures -> failures.isRefused(now));
        if (!ofPair && !ofAddress || known.peek(new Known(who.address, who.user, who.client), false, yes -> true)) {
            return null;
        }
        return ofPair ? Limit.LOGIN_BACKOFF : Limit.ADDRESS_BACKOFF;
    }

    /** @return what is refused from now on because of this one, null for nothing */
    @Nullable
    Limit failed(Attempt who, long now, Logins limits) {
        known.remove(new Known(who.address, who.user, who.client));
        long kept = limits.window().toNanos() + limits.backoffMax().toNanos();
        Duration window = limits.window();
        boolean ofPair = limits.failures() > 0
                && pairs.with(
                        new Pair(who.address, who.user),
                        now,
                        kept,
                        Failures::new,
                        each -> each.add(now, limits.failures(), window, limits));
        int most = limits.failuresPerAddress();
        int users = limits.usersPerAddress();
        boolean ofAddress = (most > 0 || users > 0)
                && addresses.with(who.address, now, kept, Failures::new, each -> {
                    boolean full = most > 0 && each.add(now, most, window, limits);
                    boolean spraying = users > 0 && each.addUser(now, (int) who.user, users, window);
                    if (spraying && !full) {
                        each.refuse(now, limits);
                    }
                    return full || spraying;
                });
        if (ofAddress) {
            return Limit.ADDRESS_BACKOFF;
        }
        return ofPair ? Limit.LOGIN_BACKOFF : null;
    }

    void succeeded(Attempt who, long now, Logins limits) {
        if (limits.failures() > 0) {
            pairs.remove(new Pair(who.address, who.user));
        }
        if (limits.failures() > 0 || limits.failuresPerAddress() > 0 || limits.usersPerAddress() > 0) {
            known.with(new Known(who.address, who.user, who.client), now, KNOWN_NANOS, () -> Boolean.TRUE, yes -> yes);
        }
    }

    /** Pairs, addresses and known ones together. */
    int size() {
        return pairs.size() + addresses.size() + known.size();
    }
}
