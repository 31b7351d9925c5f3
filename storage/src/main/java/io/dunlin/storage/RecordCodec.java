package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.InboundReleased;
import io.dunlin.broker.port.JournalRecord.InboundTaken;
import io.dunlin.broker.port.JournalRecord.Published;
import io.dunlin.broker.port.JournalRecord.Received;
import io.dunlin.broker.port.JournalRecord.Retained;
import io.dunlin.broker.port.JournalRecord.Sent;
import io.dunlin.broker.port.JournalRecord.SessionEnded;
import io.dunlin.broker.port.JournalRecord.SessionOpened;
import io.dunlin.broker.port.JournalRecord.SessionParked;
import io.dunlin.broker.port.JournalRecord.Settled;
import io.dunlin.broker.port.JournalRecord.Share;
import io.dunlin.broker.port.JournalRecord.Spilled;
import io.dunlin.broker.port.JournalRecord.Subscribed;
import io.dunlin.broker.port.JournalRecord.Unsubscribed;
import io.dunlin.broker.port.JournalRecord.WillCleared;
import io.dunlin.broker.port.JournalRecord.WillStored;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Reference;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Journal records as bytes: a type, and a body that {@code docs/store-format.md} describes. Of a published message with many
 * shares one session's can be found without decoding the others. Thread: any.
 */
final class RecordCodec {
    static final int SESSION_OPENED = 1;
    static final int SESSION_PARKED = 2;
    static final int SESSION_ENDED = 3;
    static final int SUBSCRIBED = 4;
    static final int UNSUBSCRIBED = 5;
    static final int PUBLISHED = 6;
    static final int SPILLED = 7;
    static final int SENT = 8;
    static final int RECEIVED = 9;
    static final int SETTLED = 10;
    static final int INBOUND_TAKEN = 11;
    static final int INBOUND_RELEASED = 12;
    static final int RETAINED = 13;
    static final int WILL_STORED = 14;
    static final int WILL_CLEARED = 15;

    private static final int PACKET_ID_MAX = 0xFFFF;
    private static final int[] NO_IDS = {};

    // The flags of a share; the QoS is in the two lowest bits.
    private static final int QOS = 3;
    private static final int RETAIN = 4;
    private static final int SUBSCRIPTION_IDS = 8;
    private static final int SHARE_FLAGS_MAX = 15;
    private static final int SHARE_BYTES_MIN = 2;

    private final MessageCodec messages;

    /** @param clock to write times that outlive the process */
    RecordCodec(Clock clock) {
        this.messages = new MessageCodec(clock);
    }

    /** Writes the body and returns the type. */
    int encode(JournalRecord record, BodyWriter out) {
        return switch (record) {
            case Published published -> {
                published(published, out);
                yield PUBLISHED;
            }
            case Settled settled -> positioned(SETTLED, settled.clientId(), settled.position(), out);
            case Sent sent -> {
                positioned(SENT, sent.clientId(), sent.position(), out);
                yield number(SENT, sent.packetId(), out);
            }
            case Received received -> {
                positioned(RECEIVED, received.clientId(), received.position(), out);
                yield number(RECEIVED, received.packetId(), out);
            }
            case InboundTaken taken -> {
                out.text(taken.clientId());
                yield number(INBOUND_TAKEN, taken.packetId(), out);
            }
            case InboundReleased released -> {
                out.text(released.clientId());
                yield number(INBOUND_RELEASED, released.packetId(), out);
            }
            case Spilled spilled -> {
                out.text(spilled.clientId());
                out.growing(spilled.references());
                yield SPILLED;
            }
            case Retained retained -> {
                messages.put(retained.message(), out);
                yield RETAINED;
            }
            case SessionOpened opened -> {
                out.text(opened.clientId());
                username(opened.username(), out);
                yield number(SESSION_OPENED, opened.expirySeconds(), out);
            }
            case SessionParked parked -> {
                out.text(parked.clientId());
                out.number(parked.expirySeconds());
                out.signed(parked.wallMillis());
                yield SESSION_PARKED;
            }
            case SessionEnded ended -> named(SESSION_ENDED, ended.clientId(), out);
            case Subscribed subscribed -> {
                out.text(subscribed.clientId());
                subscription(subscribed.request(), subscribed.subscriptionId(), out);
                yield SUBSCRIBED;
            }
            case Unsubscribed unsubscribed -> {
                out.text(unsubscribed.clientId());
                yield named(UNSUBSCRIBED, unsubscribed.filter(), out);
            }
            case WillStored stored -> {
                out.text(stored.clientId());
                messages.putWill(stored.will(), out);
                yield WILL_STORED;
            }
            case WillCleared cleared -> named(WILL_CLEARED, cleared.clientId(), out);
        };
    }

    private static int named(int type, String name, BodyWriter out) {
        out.text(name);
        return type;
    }

    private static int number(int type, long number, BodyWriter out) {
        out.number(number);
        return type;
    }

    private static int positioned(int type, String clientId, long position, BodyWriter out) {
        out.text(clientId);
        out.number(position);
        return type;
    }

    private void published(Published published, BodyWriter out) {
        messages.put(published.message(), out);
        List<Share> shares = published.shares();
        out.number(shares.size());
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            int[] ids = share.subscriptionIds();
            out.text(share.clientId());
            out.oneByte(share.qos().value() | (share.retain() ? RETAIN : 0) | (ids.length > 0 ? SUBSCRIPTION_IDS : 0));
            if (ids.length > 0) {
                out.number(ids.length);
                for (int id : ids) {
                    out.number(id);
                }
            }
        }
        out.number(published.takenPacketId());
    }

    /** Whether there is one, and the text. */
    static void username(@Nullable String username, BodyWriter out) {
        out.oneByte(username == null ? 0 : 1);
        if (username != null) {
            out.text(username);
        }
    }

    static @Nullable String username(BodyReader in) throws BadRecord {
        return flag(in) ? in.text() : null;
    }

    static boolean flag(BodyReader in) throws BadRecord {
        return in.upTo(1) == 1;
    }

    /** With the options in one byte as a SUBSCRIBE has them. */
    static void subscription(SubscriptionRequest request, int subscriptionId, BodyWriter out) {
        out.text(request.filter());
        out.oneByte(request.maxQos().value()
                | (request.noLocal() ? 4 : 0)
                | (request.retainAsPublished() ? 8 : 0)
                | request.retainHandling().ordinal() << 4);
        out.number(subscriptionId);
    }

    /** What {@link #subscription} wrote but for the identifier, which follows. */
    static SubscriptionRequest request(BodyReader in) throws BadRecord {
        String filter = in.text();
        int options = in.oneByte();
        int handling = options >> 4;
        if ((options & QOS) > 2 || handling > 2) {
            throw new BadRecord("a subscription has options that this version does not know");
        }
        return new SubscriptionRequest(
                filter,
                QoS.of(options & QOS),
                (options & 4) != 0,
                (options & 8) != 0,
                RetainHandling.values()[handling]);
    }

    /** Reads what {@link #encode} has written. */
    JournalRecord decode(int type, byte[] bytes, int from, int to) throws BadRecord {
        BodyReader in = new BodyReader(bytes, from, to);
        JournalRecord record =
                switch (type) {
                    case SESSION_OPENED -> new SessionOpened(in.text(), username(in), in.natural());
                    case SESSION_PARKED -> new SessionParked(in.text(), in.natural(), in.signed());
                    case SESSION_ENDED -> new SessionEnded(in.text());
                    case SUBSCRIBED -> new Subscribed(in.text(), request(in), in.upTo(Integer.MAX_VALUE));
                    case UNSUBSCRIBED -> new Unsubscribed(in.text(), in.text());
                    case PUBLISHED -> new Published(messages.read(bytes, in), shares(in), in.upTo(PACKET_ID_MAX));
                    case SPILLED -> new Spilled(in.text(), in.growing());
                    case SENT -> new Sent(in.text(), in.natural(), in.upTo(PACKET_ID_MAX));
                    case RECEIVED -> new Received(in.text(), in.natural(), in.upTo(PACKET_ID_MAX));
                    case SETTLED -> new Settled(in.text(), in.natural());
                    case INBOUND_TAKEN -> new InboundTaken(in.text(), in.upTo(PACKET_ID_MAX));
                    case INBOUND_RELEASED -> new InboundReleased(in.text(), in.upTo(PACKET_ID_MAX));
                    case RETAINED -> new Retained(messages.read(bytes, in));
                    case WILL_STORED -> new WillStored(in.text(), messages.readWill(bytes, in));
                    case WILL_CLEARED -> new WillCleared(in.text());
                    default -> throw new BadRecord("no record has the type " + type);
                };
        in.expectEnd();
        return record;
    }

    private static List<Share> shares(BodyReader in) throws BadRecord {
        int count = in.count(SHARE_BYTES_MIN);
        List<Share> shares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String clientId = in.text();
            int flags = shareFlags(in);
            int[] ids = (flags & SUBSCRIPTION_IDS) != 0 ? ids(in) : NO_IDS;
            shares.add(new Share(clientId, QoS.of(flags & QOS), (flags & RETAIN) != 0, ids));
        }
        return shares;
    }

    private static int shareFlags(BodyReader in) throws BadRecord {
        int flags = in.oneByte();
        int qos = flags & QOS;
        if (flags > SHARE_FLAGS_MAX || qos < 1 || qos > 2) {
            throw new BadRecord("a share has flags that this version does not know");
        }
        return flags;
    }

    static int[] ids(BodyReader in) throws BadRecord {
        int[] ids = new int[in.count(1)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = in.upTo(Integer.MAX_VALUE);
        }
        return ids;
    }

    /** A published message as the session with this client id is to get it, without decoding the shares of others. */
    Loaded load(int type, byte[] bytes, int from, int to, byte[] clientId, long reference) throws BadRecord {
        if (type != PUBLISHED) {
            throw new BadRecord("it is no message but a record of type " + type);
        }
        BodyReader in = new BodyReader(bytes, from, to);
        Message message = messages.read(bytes, in);
        int[] ids = Reference.hasSubscriptionIds(reference) ? idsOf(clientId, in) : NO_IDS;
        return new Loaded(message, Reference.qos(reference), Reference.retain(reference), ids);
    }

    private static int[] idsOf(byte[] clientId, BodyReader in) throws BadRecord {
        for (int left = in.count(SHARE_BYTES_MIN); left > 0; left--) {
            boolean found = in.isText(clientId);
            int flags = shareFlags(in);
            if (found) {
                return (flags & SUBSCRIPTION_IDS) != 0 ? ids(in) : NO_IDS;
            }
            if ((flags & SUBSCRIPTION_IDS) != 0) {
                for (int ids = in.count(1); ids > 0; ids--) {
                    in.number();
                }
            }
        }
        throw new BadRecord("the message has no share for this session");
    }

    /** The references of a page. */
    static long[] page(int type, byte[] bytes, int from, int to) throws BadRecord {
        if (type != SPILLED) {
            throw new BadRecord("it is no page of a queue but a record of type " + type);
        }
        BodyReader in = new BodyReader(bytes, from, to);
        in.skip(in.count(1));
        long[] references = in.growing();
        in.expectEnd();
        return references;
    }
}
