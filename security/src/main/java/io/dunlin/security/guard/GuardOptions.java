package io.dunlin.security.guard;

import io.dunlin.security.acl.Network;
import java.time.Duration;
import java.util.List;

/**
 * The limits; of each number 0 means none. Immutable; replaced as a whole at a reload.
 *
 * @param exempt addresses to which nothing of this applies but bans and the limits in all
 */
public record GuardOptions(Connections connections, Logins logins, Flapping flapping, List<Network> exempt) {
    /** No limits at all. */
    public static final GuardOptions NONE = new GuardOptions(
            new Connections(0, 0, 0, 0, 0, 0),
            new Logins(0, 0, 0, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMinutes(1)),
            new Flapping(0, Duration.ofMinutes(1), Duration.ofMinutes(1)),
            List.of());

    public GuardOptions {
        exempt = List.copyOf(exempt);
    }

    /**
     * How many come in.
     *
     * @param perAddress connections of one address at a time
     * @param perAddressAndSecond new connections of one address in a second
     * @param perSecond new connections in a second, in all
     * @param unauthenticated connections that have not logged in, in all
     * @param unauthenticatedPerAddress connections of one address that have not logged in
     * @param tlsHandshakes under way at a time, in all
     */
    public record Connections(
            int perAddress,
            int perAddressAndSecond,
            int perSecond,
            int unauthenticated,
            int unauthenticatedPerAddress,
            int tlsHandshakes) {}

    /**
     * What failed logins lead to: logins are refused unasked for {@code backoff}, twice as long after each further failure, and at
     * most for {@code backoffMax}.
     *
     * @param failures of one user from one address within the window
     * @param failuresPerAddress of all users from one address within the window
     * @param usersPerAddress different users that fail from one address within the window
     */
    public record Logins(
            int failures,
            int failuresPerAddress,
            int usersPerAddress,
            Duration window,
            Duration backoff,
            Duration backoffMax) {}

    /**
     * A client that comes again and again.
     *
     * @param connects of one client id from one address within the window; one more, and it is kept out for {@code ban}
     */
    public record Flapping(int connects, Duration window, Duration ban) {}
}
