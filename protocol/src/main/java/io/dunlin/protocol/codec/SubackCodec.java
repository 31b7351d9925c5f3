package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** SUBACK (3.9). */
final class SubackCodec {
    private SubackCodec() {}

    static Suback decode(Input in, ProtocolVersion version) {
        int packetId = in.packetId();
        boolean v5 = version.hasProperties();
        Properties properties = v5 ? PropertiesCodec.decode(in, PropertiesCodec.Place.ACK) : Properties.NONE;
        ReasonSet allowed = v5 ? ReasonSet.SUBACK : ReasonSet.SUBACK_3;
        return new Suback(packetId, properties, reasons(in, allowed));
    }

    /** One for each byte that is left. */
    static List<ReasonCode> reasons(Input in, ReasonSet allowed) {
        List<ReasonCode> reasons = new ArrayList<>(in.remaining());
        while (in.remaining() > 0) {
            reasons.add(allowed.read(in));
        }
        return reasons;
    }

    static int bytes(Suback packet, ProtocolVersion version) {
        return Short.BYTES
                + (version.hasProperties() ? PropertiesCodec.bytes(packet.properties()) : 0)
                + packet.reasons().size();
    }

    static void put(Suback packet, ProtocolVersion version, ByteBuffer out) {
        out.putShort((short) packet.packetId());
        if (version.hasProperties()) {
            PropertiesCodec.put(packet.properties(), out);
        }
        for (ReasonCode reason : packet.reasons()) { // [MQTT-3.9.3-1] [MQTT311-3.9.3-1]
            boolean failure3 = reason.isError() && !version.hasProperties();
            out.put((byte) (failure3 ? 0x80 : reason.value())); // [MQTT311-3.9.3-2]
        }
    }
}
