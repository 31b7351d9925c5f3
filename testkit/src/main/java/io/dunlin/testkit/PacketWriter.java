package io.dunlin.testkit;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;

/**
 * Writes what a client sends, written from the specification apart from the codec that the broker uses, and without any check:
 * a wrong packet goes out as it is.
 */
public final class PacketWriter {
    private PacketWriter() {}

    public static byte[] write(Packet packet, ProtocolVersion version) {
        boolean v5 = version.hasProperties();
        return switch (packet) {
            case Connect it -> connect(it);
            case Publish it -> publish(it, v5);
            case Puback it -> ack(0x40, it.packetId(), it.reason(), it.properties(), v5);
            case Pubrec it -> ack(0x50, it.packetId(), it.reason(), it.properties(), v5);
            case Pubrel it -> ack(0x62, it.packetId(), it.reason(), it.properties(), v5);
            case Pubcomp it -> ack(0x70, it.packetId(), it.reason(), it.properties(), v5);
            case Subscribe it -> subscribe(it, v5);
            case Unsubscribe it -> unsubscribe(it, v5);
            case Pingreq it -> Bytes.hex("C0 00");
            case Disconnect it -> withReason(0xE0, it.reason(), it.properties(), v5);
            case Auth it -> withReason(0xF0, it.reason(), it.properties(), v5);
            case Connack it -> throw serverOnly(it);
            case Suback it -> throw serverOnly(it);
            case Unsuback it -> throw serverOnly(it);
            case Pingresp it -> throw serverOnly(it);
        };
    }

    private static IllegalArgumentException serverOnly(Packet packet) {
        return new IllegalArgumentException("only servers send " + packet + "; write it with Bytes");
    }

    private static byte[] connect(Connect connect) {
        boolean v5 = connect.version().hasProperties();
        Will will = connect.will();
        byte[] password = connect.password();
        String username = connect.username();
        int flags = (connect.cleanStart() ? 2 : 0)
                | (will == null ? 0 : 4 | will.qos().value() << 3 | (will.retain() ? 0x20 : 0))
                | (password == null ? 0 : 0x40)
                | (username == null ? 0 : 0x80);
        Bytes body = new Bytes()
                .text(connect.version().protocolName())
                .u8(connect.version().level())
                .u8(flags)
                .u16(connect.keepAliveSeconds());
        properties(body, connect.properties(), v5);
        body.text(connect.clientId());
        if (will != null) {
            properties(body, will.properties(), v5);
            body.binary(will.topic().utf8()).binary(will.payload());
        }
        if (username != null) {
            body.text(username);
        }
        if (password != null) {
            body.binary(password);
        }
        return Bytes.packet(0x10, body);
    }

    private static byte[] publish(Publish publish, boolean v5) {
        int first = 0x30 | (publish.dup() ? 8 : 0) | publish.qos().value() << 1 | (publish.retain() ? 1 : 0);
        Bytes body = new Bytes().binary(publish.topic().utf8());
        if (publish.qos() != QoS.AT_MOST_ONCE) {
            body.u16(publish.packetId());
        }
        properties(body, publish.properties(), v5);
        return Bytes.packet(first, body.raw(publish.payload()));
    }

    private static byte[] ack(int first, int packetId, ReasonCode reason, Properties properties, boolean v5) {
        Bytes body = new Bytes().u16(packetId);
        if (v5 && (reason != ReasonCode.SUCCESS || !properties.isEmpty())) {
            body.u8(reason.value());
            if (!properties.isEmpty()) {
                properties(body, properties, true);
            }
        }
        return Bytes.packet(first, body);
    }

    private static byte[] subscribe(Subscribe subscribe, boolean v5) {
        Bytes body = new Bytes().u16(subscribe.packetId());
        properties(body, subscribe.properties(), v5);
        for (SubscriptionRequest request : subscribe.subscriptions()) {
            int options = request.maxQos().value();
            if (v5) {
                options |= (request.noLocal() ? 4 : 0)
                        | (request.retainAsPublished() ? 8 : 0)
                        | request.retainHandling().ordinal() << 4;
            }
            body.text(request.filter()).u8(options);
        }
        return Bytes.packet(0x82, body);
    }

    private static byte[] unsubscribe(Unsubscribe unsubscribe, boolean v5) {
        Bytes body = new Bytes().u16(unsubscribe.packetId());
        properties(body, unsubscribe.properties(), v5);
        unsubscribe.filters().forEach(body::text);
        return Bytes.packet(0xA2, body);
    }

    private static byte[] withReason(int first, ReasonCode reason, Properties properties, boolean v5) {
        Bytes body = new Bytes();
        if (v5 && (reason != ReasonCode.SUCCESS || !properties.isEmpty())) {
            body.u8(reason.value());
            properties(body, properties, true);
        }
        return Bytes.packet(first, body);
    }

    private static void properties(Bytes body, Properties properties, boolean v5) {
        if (!v5) {
            return;
        }
        Bytes list = new Bytes();
        for (int i = 0; i < properties.size(); i++) {
            list.u8(properties.key(i).id());
            Object value = properties.value(i);
            switch (properties.key(i).type()) {
                case BYTE -> list.u8(((Long) value).intValue());
                case TWO_BYTES -> list.u16(((Long) value).intValue());
                case FOUR_BYTES -> list.u32((Long) value);
                case VARIABLE -> list.variable(((Long) value).intValue());
                case TEXT -> list.text((String) value);
                case BINARY -> list.binary((byte[]) value);
                case PAIR -> list.text(((UserProperty) value).name()).text(((UserProperty) value).value());
            }
        }
        body.counted(list);
    }
}
