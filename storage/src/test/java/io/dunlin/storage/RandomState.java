package io.dunlin.storage;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Records, sessions and messages of every kind, by a seed. */
final class RandomState {
    private static final int[] POINTS = {'a', 'z', '/', ' ', 0x7F, 0x80, 0x7FF, 0x800, 0xFEFF, 0xFFFD, 0x10000, 0x10FFFF
    };

    private final Random random;
    private final TestClock clock;

    RandomState(Random random, TestClock clock) {
        this.random = random;
        this.clock = clock;
    }

    /** The seed of this run, which is printed; {@code -Ddunlin.seed=N} repeats it. */
    static long seed() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        System.out.println("dunlin.seed=" + seed);
        return seed;
    }

    JournalRecord record() {
        return switch (random.nextInt(15)) {
            case 0 ->
                new JournalRecord.SessionOpened(id(), random.nextBoolean() ? null : text(), random.nextLong() >>> 33);
            case 1 -> new JournalRecord.SessionParked(id(), random.nextLong() >>> 32, random.nextLong() >> 20);
            case 2 -> new JournalRecord.SessionEnded(id());
            case 3 -> new JournalRecord.Subscribed(id(), request(), number(28));
            case 4 -> new JournalRecord.Unsubscribed(id(), text());
            case 5 -> new JournalRecord.Published(message(), several(this::share), random.nextInt(65_536));
            case 6 -> new JournalRecord.Spilled(id(), references());
            case 7 -> new JournalRecord.Sent(id(), position(), packetId());
            case 8 -> new JournalRecord.Received(id(), position(), packetId());
            case 9 -> new JournalRecord.Settled(id(), position());
            case 10 -> new JournalRecord.InboundTaken(id(), packetId());
            case 11 -> new JournalRecord.InboundReleased(id(), packetId());
            case 12 -> new JournalRecord.Retained(message());
            case 13 -> new JournalRecord.WillStored(id(), will());
            default -> new JournalRecord.WillCleared(id());
        };
    }

    SessionState session() {
        return session(id());
    }

    SessionState session(String clientId) {
        return new SessionState(
                clientId,
                random.nextBoolean() ? null : text(),
                random.nextLong() >>> 32,
                random.nextBoolean() ? 0 : clock.wallMillis() - random.nextInt(1_000_000),
                several(() -> new SessionState.Subscribed(request(), number(28))),
                several(() -> new SessionState.InFlight(reference(), packetId(), random.nextBoolean())),
                references(),
                several(() -> {
                    long first = position();
                    return new QueuePage(position(), 1 + random.nextInt(1024), first, first + random.nextInt(10_000));
                }),
                references(),
                random.nextLong() >>> 30,
                several(this::packetId).stream().mapToInt(Integer::intValue).toArray(),
                random.nextBoolean() ? null : will(),
                position());
    }

    private Will will() {
        Properties properties = properties().toBuilder()
                .number(Property.WILL_DELAY_INTERVAL, number(31))
                .number(Property.MESSAGE_EXPIRY_INTERVAL, number(31))
                .build();
        return new Will(
                TopicName.of("w" + text()), QoS.of(random.nextInt(3)), random.nextBoolean(), properties, bytes(50));
    }

    Message message() {
        return message(TopicName.of("t" + text()));
    }

    Message message(TopicName topic) {
        return new Message(
                topic,
                QoS.of(random.nextInt(3)),
                random.nextBoolean(),
                properties(),
                bytes(random.nextInt(20) == 0 ? 20_000 : 100),
                random.nextBoolean() ? "" : id(),
                random.nextBoolean() ? Message.NEVER : clock.nanos() + 1_000_000L * (random.nextInt() >> 2));
    }

    JournalRecord.Share share() {
        int[] ids = random.nextInt(3) > 0
                ? new int[0]
                : random.ints(1 + random.nextInt(3), 1, 1 << 28).toArray();
        return new JournalRecord.Share(id(), QoS.of(1 + random.nextInt(2)), random.nextBoolean(), ids);
    }

    private Properties properties() {
        Properties.Builder builder = Properties.builder();
        if (random.nextBoolean()) {
            builder.number(Property.PAYLOAD_FORMAT_INDICATOR, 1);
        }
        if (random.nextInt(3) == 0) {
            builder.user(text(), text()).user(text(), text());
        }
        if (random.nextInt(3) == 0) {
            builder.text(Property.CONTENT_TYPE, text()).text(Property.RESPONSE_TOPIC, "r" + text().replace('/', '-'));
        }
        if (random.nextInt(3) == 0) {
            builder.add(Property.CORRELATION_DATA, bytes(20));
        }
        return builder.build();
    }

    private SubscriptionRequest request() {
        return new SubscriptionRequest(
                text(),
                QoS.of(random.nextInt(3)),
                random.nextBoolean(),
                random.nextBoolean(),
                RetainHandling.values()[random.nextInt(3)]);
    }

    private <T> List<T> several(Supplier<T> one) {
        List<T> all = new ArrayList<>();
        while (random.nextInt(4) > 0) {
            all.add(one.get());
        }
        return all;
    }

    private long[] references() {
        return several(this::reference).stream().mapToLong(Long::longValue).toArray();
    }

    private long reference() {
        return Reference.of(position(), QoS.of(1 + random.nextInt(2)), random.nextBoolean(), random.nextBoolean());
    }

    long position() {
        return 1 + (random.nextLong() >>> 5 + random.nextInt(40));
    }

    private int packetId() {
        return 1 + random.nextInt(0xFFFF);
    }

    private int number(int bits) {
        return random.nextInt() >>> 32 - bits;
    }

    private byte[] bytes(int lessThan) {
        byte[] bytes = new byte[random.nextInt(lessThan)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String id() {
        return "c" + (random.nextBoolean() ? random.nextInt(1000) : text());
    }

    private String text() {
        int length = random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    random.nextBoolean() ? 'a' + random.nextInt(26) : POINTS[random.nextInt(POINTS.length)]);
        }
        return text.toString();
    }
}
