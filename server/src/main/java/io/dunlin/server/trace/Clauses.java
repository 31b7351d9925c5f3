package io.dunlin.server.trace;

import io.dunlin.protocol.packet.ProtocolVersion;
import java.util.List;
import java.util.Optional;

/** Which normative statement of the specification a protocol error is about, by the words of the error. */
final class Clauses {
    /**
     * What an error with these words is about.
     *
     * @param five the statement of MQTT 5, empty where it has none with a number
     * @param before that of MQTT 3.1.1
     */
    record Clause(String words, String five, String before) {}

    /** The first whose words stand in the message counts. */
    static final List<Clause> ALL = List.of(
            new Clause("string is not well-formed UTF-8", "MQTT-1.5.4-1", "MQTT-1.5.3-1"),
            new Clause("half characters", "MQTT-1.5.4-1", "MQTT-1.5.3-1"),
            new Clause("string has U+0000", "MQTT-1.5.4-2", "MQTT-1.5.3-2"),
            new Clause("has no U+0000", "MQTT-4.7.3-2", "MQTT-4.7.3-2"),
            new Clause("variable byte integer is longer", "MQTT-1.5.5-1", ""),
            new Clause("remaining length is longer", "MQTT-1.5.5-1", ""),
            new Clause("flags of the fixed header", "MQTT-2.1.3-1", "MQTT-2.2.2-2"),
            new Clause("packet identifier is never 0", "MQTT-2.2.1-3", "MQTT-2.3.1-1"),
            new Clause("the first packet is CONNECT", "MQTT-3.1.0-1", "MQTT-3.1.0-1"),
            new Clause("the first packet must be CONNECT", "MQTT-3.1.0-1", "MQTT-3.1.0-1"),
            new Clause("a second CONNECT", "MQTT-3.1.0-2", "MQTT-3.1.0-2"),
            new Clause("is not spoken here", "MQTT-3.1.2-2", "MQTT-3.1.2-2"),
            new Clause("reserved flag of CONNECT", "MQTT-3.1.2-3", "MQTT-3.1.2-3"),
            new Clause("will QoS or will retain without", "MQTT-3.1.2-11", "MQTT-3.1.2-11"),
            new Clause("a will has no QoS 3", "MQTT-3.1.2-12", "MQTT-3.1.2-14"),
            new Clause("a password without a user name", "", "MQTT-3.1.2-22"),
            new Clause("only AUTH may follow CONNECT", "MQTT-3.1.2-30", ""),
            new Clause("the maximum QoS is", "MQTT-3.2.2-11", ""),
            new Clause("retained messages are switched off", "MQTT-3.2.2-14", ""),
            new Clause("topic aliases are switched off", "MQTT-3.2.2-18", ""),
            new Clause("bytes where", "MQTT-3.2.2-15", ""),
            new Clause("no wildcards", "MQTT-3.3.2-2", "MQTT-3.3.2-2"),
            new Clause("a topic alias is never 0", "MQTT-3.3.2-8", ""),
            new Clause("is not within 1 to", "MQTT-3.3.2-9", ""),
            new Clause("a response topic is a topic name", "MQTT-3.3.2-14", ""),
            new Clause("PUBLISH has no subscription identifier", "MQTT-3.3.4-6", ""),
            new Clause("messages in flight", "MQTT-3.3.4-7", ""),
            new Clause("a SUBSCRIBE has at least one", "MQTT-3.8.3-2", "MQTT-3.8.3-3"),
            new Clause("a shared subscription cannot have No Local", "MQTT-3.8.3-4", ""),
            new Clause("reserved bit of the subscription options", "MQTT-3.8.3-5", ""),
            new Clause("the requested QoS is 0, 1 or 2", "", "MQTT-3.8.3-4"),
            new Clause("an UNSUBSCRIBE has at least one", "MQTT-3.10.3-2", "MQTT-3.10.3-2"),
            new Clause("topic is empty", "MQTT-4.7.3-1", "MQTT-4.7.3-1"),
            new Clause("at least one character", "MQTT-4.7.3-1", "MQTT-4.7.3-1"),
            new Clause("at most 65,535 bytes", "MQTT-4.7.3-3", "MQTT-4.7.3-3"),
            new Clause("AUTH must continue with the method", "MQTT-4.12.0-5", ""),
            new Clause("AUTH without an authentication method", "MQTT-4.12.0-7", ""),
            new Clause("AUTH must name the method", "MQTT-4.12.1-1", ""));

    private Clauses() {}

    /**
     * The clause, such as {@code MQTT-3.1.0-2}; empty where the specification has no number for it.
     *
     * @param packet what could not be read, from its first byte on; may be empty
     */
    static Optional<String> of(String message, ProtocolVersion version, byte[] packet) {
        if (message.contains("flags of the fixed header") && packet.length > 0 && (packet[0] & 0xF6) == 0x36) {
            return Optional.of("MQTT-3.3.1-4"); // a PUBLISH with QoS 3
        }
        return ALL.stream()
                .filter(each -> message.contains(each.words))
                .findFirst()
                .map(clause -> version == ProtocolVersion.V5 ? clause.five : clause.before)
                .filter(number -> !number.isEmpty());
    }
}
