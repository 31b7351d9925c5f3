package io.dunlin.server.config;

import io.dunlin.broker.port.BrokerOptions.AbuseLimits;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.GuardOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What nobody needs who means well. The limits that every client has to know of stand under {@code mqtt}. */
public record LimitsConfig(
        @Setting(value = "Connections of one address at a time; 0 for no limit", byDefault = "0", min = "0")
        int maxConnectionsPerAddress,

        @Setting(value = "New connections of one address in a second; 0 for no limit", byDefault = "0", min = "0")
        int maxConnectsPerAddressPerSecond,

        @Setting(value = "New connections in a second, in all; 0 for no limit", byDefault = "0", min = "0")
        int maxConnectsPerSecond,

        @Setting(value = "Connections that have not logged in, in all; 0 for no limit", byDefault = "10000", min = "0")
        int maxUnauthenticated,

        @Setting(
                value = "Connections of one address that have not logged in; 0 for no limit",
                byDefault = "2000",
                min = "0")
        int maxUnauthenticatedPerAddress,

        @Setting(value = "TLS handshakes under way at a time; 0 for no limit", byDefault = "4000", min = "0")
        int maxTlsHandshakes,

        @Setting(
                value =
                        "Addresses and networks to which no limit for one address applies, nor that on failed logins or flapping:"
                                + " this machine, and proxies and gateways that many clients come through",
                byDefault = "[\"127.0.0.0/8\", \"::1\"]")
        List<String> exemptAddresses,

        @Setting(
                value =
                        "Failed logins of one user from one address within the window, until more are refused unasked; 0 for no limit",
                byDefault = "10",
                min = "0")
        int maxLoginFailures,

        @Setting(
                value =
                        "Failed logins from one address within the window, until more are refused unasked; 0 for no limit",
                byDefault = "200",
                min = "0")
        int maxLoginFailuresPerAddress,

        @Setting(
                value =
                        "Users whose logins fail from one address within the window, until more are refused unasked; 0 for no limit",
                byDefault = "50",
                min = "0",
                max = "1000")
        int maxFailedUsersPerAddress,

        @Setting(
                value = "Time after which failed logins do not count any more",
                byDefault = "5m",
                min = "1s",
                max = "1d")
        Duration loginFailureWindow,

        @Setting(
                value = "For how long logins are refused at first; twice as long each further time",
                byDefault = "1s",
                min = "1s",
                max = "1d")
        Duration loginBackoff,

        @Setting(value = "For how long they are refused at most", byDefault = "1m", min = "1s", max = "1d")
        Duration maxLoginBackoff,

        @Setting(
                value =
                        "Logins of one client id from one address within the window, until it is kept out for a while; 0 for no limit",
                byDefault = "300",
                min = "0")
        int maxFlappingConnects,

        @Setting(value = "The window of that", byDefault = "1m", min = "1s", max = "1d")
        Duration flappingWindow,

        @Setting(value = "For how long it is kept out then", byDefault = "1m", min = "1s", max = "30d")
        Duration flappingBan,

        @Setting(
                value = "Largest packet of a client that has not logged in",
                byDefault = "256KiB",
                min = "128",
                max = "268435460")
        Size maxPacketSizeBeforeLogin,

        @Setting(
                value =
                        "Bytes of packets that have come in part, in all; beyond it those clients are disconnected that sent something"
                                + " longest ago. Without it, an eighth of the Java heap, at least 48MiB",
                min = "1MiB")
        Optional<Size> maxPartialBytes,

        @Setting(
                value = "Levels that a filter must have before its first `+` or `#`; 0 for no limit",
                byDefault = "0",
                min = "0",
                max = "200")
        int minWildcardDepth,

        @Setting(value = "Filters in one SUBSCRIBE or UNSUBSCRIBE", byDefault = "10000", min = "1")
        int maxFiltersPerPacket,

        @Setting(value = "User properties in one packet", byDefault = "1000", min = "0")
        int maxUserProperties,

        @Setting(value = "Largest payload of a will", byDefault = "65535", min = "0", max = "65535")
        Size maxWillSize,

        @Setting(
                value =
                        "Bytes of all wills; beyond it clients with a will are refused with 0x97, quota exceeded. Without it, an eighth"
                                + " of the Java heap, at least 16MiB",
                min = "0")
        Optional<Size> maxWillBytes,

        @Setting(
                value =
                        "Subscriptions of all sessions together; more are refused with 0x97, quota exceeded. Without it, one for each"
                                + " 2KiB of the Java heap, at least 50000",
                min = "1")
        Optional<Integer> maxSubscriptionsInAll,

        @Setting(
                value =
                        "Retained messages that come from one client; more are refused with 0x97, quota exceeded; 0 for no limit",
                byDefault = "0",
                min = "0")
        int maxRetainedPerClient) {

    /** As the guard takes it; only for a configuration whose addresses have been checked. */
    public GuardOptions toGuardOptions() {
        return new GuardOptions(
                new GuardOptions.Connections(
                        maxConnectionsPerAddress,
                        maxConnectsPerAddressPerSecond,
                        maxConnectsPerSecond,
                        maxUnauthenticated,
                        maxUnauthenticatedPerAddress,
                        maxTlsHandshakes),
                new GuardOptions.Logins(
                        maxLoginFailures,
                        maxLoginFailuresPerAddress,
                        maxFailedUsersPerAddress,
                        loginFailureWindow,
                        loginBackoff,
                        maxLoginBackoff),
                new GuardOptions.Flapping(maxFlappingConnects, flappingWindow, flappingBan),
                exemptAddresses.stream().map(Network::of).toList());
    }

    /** As the core takes it. */
    public AbuseLimits toAbuseLimits() {
        return new AbuseLimits(
                (int) maxPacketSizeBeforeLogin.bytes(),
                maxPartialBytes.map(Size::bytes).orElse(AbuseLimits.DEFAULTS.partialBytesMax()),
                minWildcardDepth,
                maxFiltersPerPacket,
                maxUserProperties,
                (int) maxWillSize.bytes(),
                maxWillBytes.map(Size::bytes).orElse(AbuseLimits.DEFAULTS.willsBytesMax()),
                maxSubscriptionsInAll.orElse(AbuseLimits.DEFAULTS.subscriptionsInAllMax()),
                maxRetainedPerClient);
    }
}
