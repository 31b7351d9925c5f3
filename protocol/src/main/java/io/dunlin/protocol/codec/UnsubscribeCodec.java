package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Unsubscribe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** UNSUBSCRIBE (3.10). */
final class UnsubscribeCodec {
    private UnsubscribeCodec() {}

    static Unsubscribe decode(Input in, ProtocolVersion version) {
        int packetId = in.packetId();
        Properties properties = version.hasProperties()
                ? PropertiesCodec.decode(in, PropertiesCodec.Place.UNSUBSCRIBE)
                : Properties.NONE;
        if (in.remaining() == 0) { // [MQTT-3.10.3-2] [MQTT311-3.10.3-2]
            throw Wire.protocolError("an UNSUBSCRIBE has at least one topic filter");
        }
        List<String> filters = new ArrayList<>(1);
        while (in.remaining() > 0) {
            in.filters(filters.size() + 1);
            filters.add(in.text()); // [MQTT-3.10.3-1] [MQTT311-3.10.3-1]
        }
        return new Unsubscribe(packetId, properties, filters);
    }

    static int bytes(Unsubscribe packet, ProtocolVersion version) {
        int bytes = Short.BYTES + (version.hasProperties() ? PropertiesCodec.bytes(packet.properties()) : 0);
        for (String filter : packet.filters()) {
            bytes += Wire.textBytes(filter);
        }
        return bytes;
    }

    static void put(Unsubscribe packet, ProtocolVersion version, ByteBuffer out) {
        out.putShort((short) packet.packetId());
        if (version.hasProperties()) {
            PropertiesCodec.put(packet.properties(), out);
        }
        for (String filter : packet.filters()) {
            Wire.putText(filter, out);
        }
    }
}
