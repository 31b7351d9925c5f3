package io.dunlin.server.assess;

/**
 * Something that should be otherwise.
 *
 * @param id of the {@link Check}
 * @param subject what it is about, so that one of several can be ignored: {@code listeners.lan}, {@code user bob}
 * @param what one sentence with the facts
 * @param why it matters
 * @param fix the line of the configuration or the command that mends it
 * @param where {@code dunlin.conf:12}, or what else shows it
 */
public record Finding(
        String id, Severity severity, String subject, String what, String why, String fix, String where) {}
