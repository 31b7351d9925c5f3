package io.dunlin.server.config;

import java.util.List;
import java.util.Map;

/** What {@code dunlin audit} is to know. */
public record AuditConfig(
        @Setting(
                "Findings that are not to be told, each with the reason: `plain-listener = \"inside a VPN\"`, or of one subject"
                        + " alone `\"plain-listener listeners.lan.bind\" = \"...\"`")
        Map<String, String> ignore,

        @Setting(
                "Filters of the topics that must not lose a message: clients that use QoS 0 there, and acknowledgements that wait"
                        + " for no disk, are told")
        List<String> importantTopics) {}
