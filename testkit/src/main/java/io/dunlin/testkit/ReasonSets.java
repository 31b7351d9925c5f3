package io.dunlin.testkit;

import io.dunlin.protocol.packet.ReasonCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The reason codes that a server may send in each packet (MQTT 5, tables 3-1 to 3-15). */
final class ReasonSets {
    static final Set<ReasonCode> CONNACK = of(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A,
            0x9B, 0x9C, 0x9D, 0x9F);
    static final Set<ReasonCode> PUBACK = of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    static final Set<ReasonCode> PUBREL = of(0x00, 0x92);
    static final Set<ReasonCode> SUBACK = of(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2);
    static final Set<ReasonCode> SUBACK_311 = of(0x00, 0x01, 0x02, 0x80);
    static final Set<ReasonCode> UNSUBACK = of(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91);
    static final Set<ReasonCode> DISCONNECT = of(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97,
            0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);
    static final Set<ReasonCode> AUTH = of(0x00, 0x18);

    /** The return codes 0 to 5 of 3.1 and 3.1.1. */
    static final List<ReasonCode> OF_RETURN_CODE = List.of(
            ReasonCode.SUCCESS,
            ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
            ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
            ReasonCode.SERVER_UNAVAILABLE,
            ReasonCode.BAD_USER_NAME_OR_PASSWORD,
            ReasonCode.NOT_AUTHORIZED);

    private ReasonSets() {}

    private static Set<ReasonCode> of(int... values) {
        Set<ReasonCode> reasons = EnumSet.noneOf(ReasonCode.class);
        for (int value : values) {
            reasons.add(Objects.requireNonNull(ReasonCode.of(value)));
        }
        return reasons;
    }
}
