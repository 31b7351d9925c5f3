package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** SUBSCRIBE (3.8). */
final class SubscribeCodec {
    private static final int QOS = 0x03;
    private static final int NO_LOCAL = 0x04;
    private static final int RETAIN_AS_PUBLISHED = 0x08;
    private static final int RETAIN_HANDLING_SHIFT = 4;
    private static final int RESERVED_5 = 0xC0;
    private static final int RESERVED_3 = 0xFC;
    private static final RetainHandling[] RETAIN_HANDLING = RetainHandling.values();

    private SubscribeCodec() {}

    static Subscribe decode(Input in, ProtocolVersion version) {
        int packetId = in.packetId();
        boolean v5 = version.hasProperties();
        Properties properties = v5 ? PropertiesCodec.decode(in, PropertiesCodec.Place.SUBSCRIBE) : Properties.NONE;
        if (in.remaining() == 0) { // [MQTT-3.8.3-2] [MQTT311-3.8.3-3]
            throw Wire.protocolError("a SUBSCRIBE has at least one topic filter");
        }
        List<SubscriptionRequest> requests = new ArrayList<>(1);
        while (in.remaining() > 0) {
            in.filters(requests.size() + 1);
            String filter = in.text(); // [MQTT-3.8.3-1] [MQTT311-3.8.3-1]
            requests.add(v5 ? request5(filter, in.oneByte()) : request3(filter, in.oneByte(), version));
        }
        return new Subscribe(packetId, properties, requests);
    }

    private static SubscriptionRequest request5(String filter, int options) {
        int retainHandling = options >> RETAIN_HANDLING_SHIFT & 3;
        if ((options & RESERVED_5) != 0) { // [MQTT-3.8.3-5]
            throw Wire.malformed("a reserved bit of the subscription options is set");
        }
        if ((options & QOS) == 3 || retainHandling == 3) { // 3.8.3.1
            throw Wire.protocolError("QoS and retain handling of a subscription are 0, 1 or 2");
        }
        return new SubscriptionRequest(
                filter,
                QoS.of(options & QOS),
                (options & NO_LOCAL) != 0,
                (options & RETAIN_AS_PUBLISHED) != 0,
                RETAIN_HANDLING[retainHandling]);
    }

    private static SubscriptionRequest request3(String filter, int options, ProtocolVersion version) {
        boolean reserved = (options & RESERVED_3) != 0 && version != ProtocolVersion.V3_1; // which does not use them
        if (reserved || (options & QOS) == 3) { // [MQTT311-3.8.3-4]
            throw Wire.malformed("the requested QoS is 0, 1 or 2");
        }
        return new SubscriptionRequest(filter, QoS.of(options & QOS));
    }

    static int bytes(Subscribe packet, ProtocolVersion version) {
        int bytes = Short.BYTES + (version.hasProperties() ? PropertiesCodec.bytes(packet.properties()) : 0);
        for (SubscriptionRequest request : packet.subscriptions()) {
            bytes += Wire.textBytes(request.filter()) + 1;
        }
        return bytes;
    }

    static void put(Subscribe packet, ProtocolVersion version, ByteBuffer out) {
        out.putShort((short) packet.packetId());
        if (version.hasProperties()) {
            PropertiesCodec.put(packet.properties(), out);
        }
        for (SubscriptionRequest request : packet.subscriptions()) {
            Wire.putText(request.filter(), out);
            int options = request.maxQos().value();
            if (version.hasProperties()) {
                options |= request.retainHandling().ordinal() << RETAIN_HANDLING_SHIFT;
                options |= request.noLocal() ? NO_LOCAL : 0;
                options |= request.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0;
            }
            out.put((byte) options);
        }
    }
}
