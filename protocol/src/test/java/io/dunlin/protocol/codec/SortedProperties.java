package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.Will;

/** Packets with their properties in the order of the enum, to compare those of a codec that keeps no order among kinds. */
final class SortedProperties {
    private SortedProperties() {}

    static Packet of(Packet packet) {
        if (packet instanceof Connect p) {
            Will will = p.will();
            if (will != null) {
                will = new Will(will.topic(), will.qos(), will.retain(), of(will.properties()), will.payload());
            }
            return new Connect(
                    p.version(),
                    p.clientId(),
                    p.cleanStart(),
                    p.keepAliveSeconds(),
                    of(p.properties()),
                    will,
                    p.username(),
                    p.password());
        }
        if (packet instanceof Connack p) {
            return new Connack(p.sessionPresent(), p.reason(), of(p.properties()));
        }
        if (packet instanceof Publish p) {
            return new Publish(p.dup(), p.qos(), p.retain(), p.topic(), p.packetId(), of(p.properties()), p.payload());
        }
        if (packet instanceof Subscribe p) {
            return new Subscribe(p.packetId(), of(p.properties()), p.subscriptions());
        }
        if (packet instanceof Suback p) {
            return new Suback(p.packetId(), of(p.properties()), p.reasons());
        }
        if (packet instanceof Unsubscribe p) {
            return new Unsubscribe(p.packetId(), of(p.properties()), p.filters());
        }
        if (packet instanceof Unsuback p) {
            return new Unsuback(p.packetId(), of(p.properties()), p.reasons());
        }
        return ack(packet);
    }

    private static Packet ack(Packet packet) {
        if (packet instanceof Puback p) {
            return new Puback(p.packetId(), p.reason(), of(p.properties()));
        }
        if (packet instanceof Pubrec p) {
            return new Pubrec(p.packetId(), p.reason(), of(p.properties()));
        }
        if (packet instanceof Pubrel p) {
            return new Pubrel(p.packetId(), p.reason(), of(p.properties()));
        }
        if (packet instanceof Pubcomp p) {
            return new Pubcomp(p.packetId(), p.reason(), of(p.properties()));
        }
        if (packet instanceof Disconnect p) {
            return new Disconnect(p.reason(), of(p.properties()));
        }
        if (packet instanceof Auth p) {
            return new Auth(p.reason(), of(p.properties()));
        }
        return packet;
    }

    private static Properties of(Properties properties) {
        Properties.Builder sorted = Properties.builder();
        for (Property property : Property.values()) {
            for (int i = 0; i < properties.size(); i++) {
                if (properties.key(i) == property) {
                    sorted.add(property, properties.value(i));
                }
            }
        }
        return sorted.build();
    }
}
