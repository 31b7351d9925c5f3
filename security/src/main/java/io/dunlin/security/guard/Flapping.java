package io.dunlin.security.guard;

import java.util.concurrent.TimeUnit;

/**
 * Finds clients that come again and again: lost ones that reconnect in a tight loop, and two that have the same client id and throw each
 * other out. One is kept out of where it came from only, so that nobody can lock out another's client id. Thread: any.
 */
final class Flapping {
    private static final int CLIENTS_MAX = 65_536;

    private final RecentTable<Key, Connects> clients = new RecentTable<>(CLIENTS_MAX);

    private record Key(AddressKey address, long client) {}

    private static final class Connects {
        private int count;
        private long sinceNanos;
        private boolean banned;
        private long untilNanos;

        boolean isBanned(long now) {
            banned &= untilNanos - now > 0;
            return banned;
        }

        boolean add(long now, GuardOptions.Flapping limits) {
            if (count == 0 || now - sinceNanos > limits.window().toNanos()) {
                count = 0;
                sinceNanos = now;
            }
            if (++count <= limits.connects()) {
                return true;
            }
            count = 0;
            banned = true;
            untilNanos = now + limits.ban().toNanos();
            return false;
        }
    }

    boolean isBanned(AddressKey address, long client, long now, GuardOptions.Flapping limits) {
        return limits.connects() > 0
                && clients.peek(new Key(address, client), false, connects -> connects.isBanned(now));
    }

    /** Counts a login. @return whether the client may come in */
    boolean admits(AddressKey address, long client, long now, GuardOptions.Flapping limits) {
        if (limits.connects() == 0) {
            return true;
        }
        long kept = limits.window().toNanos() + limits.ban().toNanos() + TimeUnit.SECONDS.toNanos(1);
        return clients.with(new Key(address, client), now, kept, Connects::new, connects -> connects.add(now, limits));
    }

    int size() {
        return clients.size();
    }
}
