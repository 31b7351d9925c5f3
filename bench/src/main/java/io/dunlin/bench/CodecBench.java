package io.dunlin.bench;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.PublishWriter;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the codec takes for a message of 64 bytes: decoded as it comes in, written as it goes out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBench {
    private static final int[] NO_IDS = {};

    @Param({"V3_1_1", "V5"})
    public ProtocolVersion version = ProtocolVersion.V5;

    /** Whether outgoing bytes go to memory outside the heap, as Netty's buffers do. */
    @Param({"false", "true"})
    public boolean direct;

    private final PublishWriter writer = new PublishWriter();
    private PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.SERVER, 1 << 20, new TopicCache(1 << 12));
    private ByteBuffer publish0 = ByteBuffer.allocate(0);
    private ByteBuffer publish1 = ByteBuffer.allocate(0);
    private ByteBuffer publishProperties = ByteBuffer.allocate(0);
    private ByteBuffer puback = ByteBuffer.allocate(0);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private Publish message =
            new Publish(false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, Properties.NONE, new byte[0]);

    @Setup
    public void setUp() {
        decoder.version(version);
        TopicName topic = TopicName.of("plant/7/line/3/temperature");
        message = new Publish(false, QoS.AT_MOST_ONCE, false, topic, 0, Properties.NONE, new byte[64]);
        publish0 = packet(message);
        publish1 = packet(new Publish(false, QoS.AT_LEAST_ONCE, false, topic, 7, Properties.NONE, new byte[64]));
        Properties properties = Properties.builder()
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .text(Property.CONTENT_TYPE, "application/json")
                .user("source", "sensor-17")
                .build();
        publishProperties = packet(new Publish(false, QoS.AT_MOST_ONCE, false, topic, 0, properties, new byte[64]));
        puback = packet(new Puback(7));
        out = direct ? ByteBuffer.allocateDirect(4096) : ByteBuffer.allocate(4096);
    }

    private ByteBuffer packet(Packet packet) {
        return ByteBuffer.wrap(PacketEncoder.encode(packet, version));
    }

    private Packet decode(ByteBuffer in) {
        in.position(0);
        return Objects.requireNonNull(decoder.decode(in));
    }

    private int write(Publish publish, QoS qos) {
        int size = writer.prepare(
                version,
                publish.topic(),
                true,
                0,
                qos,
                false,
                false,
                7,
                publish.properties(),
                -1,
                NO_IDS,
                publish.payload());
        if (out.remaining() < size) {
            out.clear();
        }
        writer.write(out);
        return size;
    }

    @Benchmark
    public Packet decodeQos0() {
        return decode(publish0);
    }

    @Benchmark
    public Packet decodeQos0WithProperties() {
        return decode(publishProperties);
    }

    @Benchmark
    public Packet decodePuback() {
        return decode(puback);
    }

    @Benchmark
    public int writeQos0() {
        return write(message, QoS.AT_MOST_ONCE);
    }

    @Benchmark
    public int throughQos0() {
        return write((Publish) decode(publish0), QoS.AT_MOST_ONCE);
    }

    @Benchmark
    public int throughQos1() {
        return write((Publish) decode(publish1), QoS.AT_LEAST_ONCE);
    }

    @Benchmark
    public int throughQos0WithProperties() {
        return write((Publish) decode(publishProperties), QoS.AT_MOST_ONCE);
    }

    /** A PUBACK as a broker writes it. */
    @Benchmark
    public int writePuback() {
        Puback ack = new Puback(7);
        int size = PacketEncoder.size(ack, version);
        if (out.remaining() < size) {
            out.clear();
        }
        PacketEncoder.encode(ack, version, out);
        return size;
    }
}
