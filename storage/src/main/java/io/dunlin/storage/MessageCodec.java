package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.protocol.codec.PropertyBytes;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;

/**
 * Messages and wills as bytes: topic, flags, then what the flags announce, payload. Expiry is written in wall time, since monotonic time
 * does not outlive the process: time runs on while the broker is down.
 */
final class MessageCodec {
    private static final int QOS = 3;
    private static final int RETAIN = 4;
    private static final int EXPIRES = 8;
    private static final int PROPERTIES = 16;
    private static final int PUBLISHER = 32;
    private static final int FLAGS_MAX = 63;
    private static final int QOS_MAX = 2;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MILLIS_MAX = (Long.MAX_VALUE >> 1) / NANOS_PER_MILLI;

    private final Clock clock;

    MessageCodec(Clock clock) {
        this.clock = clock;
    }

    void put(Message message, BodyWriter out) {
        boolean expires = message.expiresAtNanos() != Message.NEVER;
        out.binary(message.topic().utf8());
        out.oneByte(message.qos().value()
                | (message.retain() ? RETAIN : 0)
                | (expires ? EXPIRES : 0)
                | (message.properties().isEmpty() ? 0 : PROPERTIES)
                | (message.publisher().isEmpty() ? 0 : PUBLISHER));
        if (expires) {
            out.signed(wallMillis(message.expiresAtNanos()));
        }
        if (!message.properties().isEmpty()) {
            properties(message.properties(), out);
        }
        if (!message.publisher().isEmpty()) {
            out.text(message.publisher());
        }
        out.binary(message.payload());
    }

    private static void properties(Properties properties, BodyWriter out) {
        int bytes = PropertyBytes.size(properties);
        out.number(bytes);
        PropertyBytes.put(properties, out.next(bytes));
    }

    void putWill(Will will, BodyWriter out) {
        out.binary(will.topic().utf8());
        out.oneByte(will.qos().value() | (will.retain() ? RETAIN : 0));
        properties(will.properties(), out);
        out.binary(will.payload());
    }

    Will readWill(byte[] bytes, BodyReader in) throws BadRecord {
        TopicName topic = topic(in);
        int flags = in.oneByte();
        if (flags > (RETAIN | QOS) || (flags & QOS) > QOS_MAX) {
            throw new BadRecord("a will has flags that this version does not know");
        }
        Properties properties = properties(in, (from, to) -> PropertyBytes.ofWill(bytes, from, to));
        return new Will(topic, QoS.of(flags & QOS), (flags & RETAIN) != 0, properties, in.binary());
    }

    Message read(byte[] bytes, BodyReader in) throws BadRecord {
        TopicName topic = topic(in);
        int flags = in.oneByte();
        if (flags > FLAGS_MAX || (flags & QOS) > QOS_MAX) {
            throw new BadRecord("a message has flags that this version does not know");
        }
        long expiresAtNanos = (flags & EXPIRES) != 0 ? nanos(in.signed()) : Message.NEVER;
        Properties properties = (flags & PROPERTIES) != 0
                ? properties(in, (from, to) -> PropertyBytes.ofMessage(bytes, from, to))
                : Properties.NONE;
        String publisher = (flags & PUBLISHER) != 0 ? in.text() : "";
        byte[] payload = in.binary();
        QoS qos = QoS.of(flags & QOS);
        return new Message(topic, qos, (flags & RETAIN) != 0, properties, payload, publisher, expiresAtNanos);
    }

    private static TopicName topic(BodyReader in) throws BadRecord {
        byte[] utf8 = in.binary();
        try {
            return TopicName.of(new String(utf8, StandardCharsets.UTF_8), utf8);
        } catch (InvalidTopic e) {
            throw new BadRecord(String.valueOf(e.getMessage()));
        }
    }

    private interface PropertyReader {
        Properties read(int from, int to);
    }

    private static Properties properties(BodyReader in, PropertyReader reader) throws BadRecord {
        int length = in.count(1);
        in.skip(length);
        try {
            return reader.read(in.position() - length, in.position());
        } catch (ProtocolError e) {
            throw new BadRecord("properties: " + e.getMessage());
        }
    }

    /** Rounded up: a message lives a millisecond too long rather than too short. */
    private long wallMillis(long nanos) {
        long left = nanos - clock.nanos();
        return clock.wallMillis() + Math.ceilDiv(left, NANOS_PER_MILLI);
    }

    private long nanos(long wallMillis) {
        long now = clock.wallMillis();
        long left = Math.clamp(wallMillis, now - MILLIS_MAX, now + MILLIS_MAX) - now;
        long nanos = clock.nanos() + left * NANOS_PER_MILLI;
        return nanos == Message.NEVER ? nanos - 1 : nanos;
    }
}
