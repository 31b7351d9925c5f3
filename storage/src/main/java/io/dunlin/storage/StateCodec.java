package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.port.SessionState.InFlight;
import io.dunlin.broker.port.SessionState.Subscribed;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Will;
import java.util.ArrayList;
import java.util.List;

/** The state of sessions and retained messages as bytes. What names it, client id or topic, stands first. Thread: any. */
final class StateCodec {
    private static final int PACKET_ID_MAX = 0xFFFF;
    private static final int SUBSCRIPTION_BYTES_MIN = 3;
    private static final int IN_FLIGHT_BYTES_MIN = 3;
    private static final int PAGE_BYTES_MIN = 4;

    private final MessageCodec messages;

    /** @param clock to write times that outlive the process */
    StateCodec(Clock clock) {
        this.messages = new MessageCodec(clock);
    }

    void put(SessionState state, BodyWriter out) {
        out.text(state.clientId());
        RecordCodec.username(state.username(), out);
        out.number(state.expirySeconds());
        out.signed(state.parkedWallMillis());
        out.number(state.subscriptions().size());
        for (Subscribed subscribed : state.subscriptions()) {
            RecordCodec.subscription(subscribed.request(), subscribed.subscriptionId(), out);
        }
        out.number(state.inFlight().size());
        for (InFlight message : state.inFlight()) {
            out.number(message.reference());
            out.number(message.packetId());
            out.oneByte(message.released() ? 1 : 0);
        }
        out.growing(state.head());
        out.number(state.pages().size());
        for (QueuePage page : state.pages()) {
            out.number(page.position());
            out.number(page.messages());
            out.number(page.firstPosition());
            out.signed(page.lastPosition() - page.firstPosition());
        }
        out.growing(state.tail());
        out.number(state.queueBytes());
        out.number(state.inbound().length);
        for (int id : state.inbound()) {
            out.number(id);
        }
        Will will = state.will();
        out.oneByte(will == null ? 0 : 1);
        if (will != null) {
            messages.putWill(will, out);
        }
        out.number(state.asOf());
    }

    SessionState session(byte[] bytes, int from, int to) throws BadRecord {
        BodyReader in = new BodyReader(bytes, from, to);
        SessionState state = new SessionState(
                in.text(),
                RecordCodec.username(in),
                in.natural(),
                in.signed(),
                subscriptions(in),
                inFlight(in),
                in.growing(),
                pages(in),
                in.growing(),
                in.natural(),
                inbound(in),
                RecordCodec.flag(in) ? messages.readWill(bytes, in) : null,
                in.natural());
        in.expectEnd();
        return state;
    }

    private static List<Subscribed> subscriptions(BodyReader in) throws BadRecord {
        int count = in.count(SUBSCRIPTION_BYTES_MIN);
        List<Subscribed> subscriptions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SubscriptionRequest request = RecordCodec.request(in);
            subscriptions.add(new Subscribed(request, in.upTo(Integer.MAX_VALUE)));
        }
        return subscriptions;
    }

    private static List<InFlight> inFlight(BodyReader in) throws BadRecord {
        int count = in.count(IN_FLIGHT_BYTES_MIN);
        List<InFlight> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(new InFlight(in.number(), in.upTo(PACKET_ID_MAX), RecordCodec.flag(in)));
        }
        return messages;
    }

    private static List<QueuePage> pages(BodyReader in) throws BadRecord {
        int count = in.count(PAGE_BYTES_MIN);
        List<QueuePage> pages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long position = in.natural();
            int messages = in.upTo(Integer.MAX_VALUE);
            long first = in.natural();
            pages.add(new QueuePage(position, messages, first, first + in.signed()));
        }
        return pages;
    }

    private static int[] inbound(BodyReader in) throws BadRecord {
        int[] ids = RecordCodec.ids(in);
        for (int id : ids) {
            if (id > PACKET_ID_MAX) {
                throw new BadRecord("a packet identifier is " + id);
            }
        }
        return ids;
    }

    void put(Message retained, BodyWriter out) {
        messages.put(retained, out);
    }

    Message retained(byte[] bytes, int from, int to) throws BadRecord {
        BodyReader in = new BodyReader(bytes, from, to);
        Message message = messages.read(bytes, in);
        in.expectEnd();
        return message;
    }
}
