package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The packets, right and wrong, by which decoders and brokers are judged. */
public final class PacketCases {
    static final ProtocolVersion V3_1 = ProtocolVersion.V3_1;
    static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;
    static final ProtocolVersion V5 = ProtocolVersion.V5;

    private final List<PacketCase> cases = new ArrayList<>();

    private PacketCases() {}

    /** All of them. */
    public static List<PacketCase> all() {
        PacketCases table = new PacketCases();
        HeaderCases.addTo(table);
        ConnectCases.addTo(table);
        ConnackCases.addTo(table);
        PublishCases.addTo(table);
        AckCases.addTo(table);
        SubscriptionCases.addTo(table);
        DisconnectCases.addTo(table);
        return List.copyOf(table.cases);
    }

    /** Decodes to the packet and encodes to the bytes, in each of the versions. */
    void good(String name, String bytes, Packet packet, Role to, ProtocolVersion... versions) {
        add(name, bytes, packet, null, true, to, versions);
    }

    /** Decodes to the packet, which is written in another form. */
    void accepted(String name, String bytes, Packet packet, Role to, ProtocolVersion... versions) {
        add(name, bytes, packet, null, false, to, versions);
    }

    /** Is refused in each of the versions. */
    void refused(String name, String bytes, ReasonCode error, Role to, ProtocolVersion... versions) {
        add(name, bytes, null, error, false, to, versions);
    }

    void malformed(String name, String bytes, Role to, ProtocolVersion... versions) {
        refused(name, bytes, ReasonCode.MALFORMED_PACKET, to, versions);
    }

    void protocolError(String name, String bytes, Role to, ProtocolVersion... versions) {
        refused(name, bytes, ReasonCode.PROTOCOL_ERROR, to, versions);
    }

    private void add(
            String name,
            String bytes,
            @Nullable Packet packet,
            @Nullable ReasonCode error,
            boolean canonical,
            Role to,
            ProtocolVersion... versions) {
        for (ProtocolVersion version : versions) {
            cases.add(new PacketCase(name, version, to, PacketCase.bytes(bytes), packet, error, canonical));
        }
    }
}
