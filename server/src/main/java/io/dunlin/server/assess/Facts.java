package io.dunlin.server.assess;

import java.util.List;

/**
 * What a running broker tells about itself for an assessment.
 *
 * @param version of the program
 * @param user whom the process belongs to, of the operating system
 * @param uptimeSeconds since the start
 * @param configDigest of the settings that it runs with, as {@link ConfigDigest} makes it
 * @param failedReload the sentences of the last reload, where that failed; empty otherwise
 * @param clients that are connected, up to a bound
 * @param grants the rules, with how often each has decided since the start
 * @param unsafe uses of QoS 0 for important topics since the start
 */
public record Facts(
        String version,
        String user,
        long uptimeSeconds,
        String configDigest,
        List<String> failedReload,
        List<Client> clients,
        List<Grant> grants,
        List<UnsafeUse> unsafe) {

    /** @param username "" for an anonymous client @param tls the version of TLS, "" without */
    public record Client(String clientId, String username, String address, String listener, String tls) {}

    /** @param origin where the rule stands @param rule as people read it */
    public record Grant(String origin, String rule, boolean allows, long uses) {}

    /** @param how {@code publishes} or {@code subscribes} @param topic one topic or filter of it, as an example */
    public record UnsafeUse(String clientId, String how, String topic, long times) {}
}
