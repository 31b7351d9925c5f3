package io.dunlin.server.trace;

import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Connections and packets for the tests of traces. */
final class TraceSamples {
    private TraceSamples() {}

    static Tapped connection(long number, String address, int port) {
        return new Tapped(
                number,
                new ConnectionInfo("tcp", "tcp", new InetSocketAddress(InetAddress.ofLiteral(address), port), null),
                "press-7",
                "ann",
                ProtocolVersion.V5);
    }

    static Selection everything() {
        return new Selection(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Selection topic(String filter) {
        return new Selection(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(TopicFilter.of(filter)));
    }

    static TraceRun.Piece piece(Tapped who, boolean in, Packet... packets) {
        return new TraceRun.Piece(who, in, 0, bytes(packets), TraceRun.Kind.PACKETS, Optional.empty());
    }

    static byte[] file(TraceFile file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            file.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] bytes(Packet... packets) {
        List<Byte> all = new ArrayList<>();
        for (Packet packet : packets) {
            for (byte each : PacketEncoder.encode(packet, ProtocolVersion.V5)) {
                all.add(each);
            }
        }
        byte[] bytes = new byte[all.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = all.get(i);
        }
        return bytes;
    }

    /** At QoS 0 where the identifier is 0, else at QoS 1. */
    static Publish publish(String topic, int id, String payload, Properties properties) {
        return new Publish(
                false,
                id == 0 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE,
                false,
                topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic),
                id,
                properties,
                payload.getBytes(StandardCharsets.UTF_8));
    }

    static Publish publish(String topic, int id, String payload) {
        return publish(topic, id, payload, Properties.NONE);
    }
}
