package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Will;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session while the records since the last checkpoint are applied to it. The state of the checkpoint may be younger than some
 * of those records: what the session did itself it has seen before {@code asOf}, and messages that others published before that are
 * in it unless they were still on their way or are settled. Thread: one.
 */
final class SessionImage {
    private final String clientId;
    private final long asOf;
    private final Map<String, SessionState.Subscribed> subscriptions = new LinkedHashMap<>();
    private final Map<Integer, SessionState.InFlight> inFlight = new LinkedHashMap<>();
    private final LongQueue head = new LongQueue();
    private final ArrayDeque<QueuePage> pages = new ArrayDeque<>();
    private final LongQueue tail = new LongQueue();
    private final Set<Integer> inbound = new LinkedHashSet<>();
    private final Set<Long> known = new HashSet<>(); // positions at or after the checkpoint that the state has
    private final Set<Long> added =
            new LinkedHashSet<>(); // positions published since, of messages that are in the tail
    private @Nullable String username;
    private @Nullable Will will;
    private long expirySeconds;
    private long parkedWallMillis;
    private long queueBytes;

    /** A session that began after the checkpoint. */
    SessionImage(String clientId) {
        this.clientId = clientId;
        this.asOf = Journal.NOTHING;
    }

    SessionImage(SessionState state, long checkpoint, Journal.Recovery.Pages reader) {
        clientId = state.clientId();
        asOf = state.asOf();
        username = state.username();
        will = state.will();
        expirySeconds = state.expirySeconds();
        parkedWallMillis = state.parkedWallMillis();
        queueBytes = state.queueBytes();
        state.subscriptions().forEach(each -> subscriptions.put(each.request().filter(), each));
        for (SessionState.InFlight each : state.inFlight()) {
            inFlight.put(each.packetId(), each);
            know(each.reference(), checkpoint);
        }
        head.addAllLast(state.head());
        pages.addAll(state.pages());
        tail.addAllLast(state.tail());
        for (int id : state.inbound()) {
            inbound.add(id);
        }
        know(state.head(), checkpoint);
        know(state.tail(), checkpoint);
        for (QueuePage page : state.pages()) {
            if (page.lastPosition() >= checkpoint) {
                know(reader.read(page.position()), checkpoint);
            }
        }
    }

    private void know(long[] references, long checkpoint) {
        for (long reference : references) {
            know(reference, checkpoint);
        }
    }

    private void know(long reference, long checkpoint) {
        if (Reference.position(reference) >= checkpoint) {
            known.add(Reference.position(reference));
        }
    }

    /** Whether what the session did itself at this position is in the state already. */
    boolean hasSeen(long position) {
        return position < asOf;
    }

    void opened(@Nullable String newUsername, long newExpirySeconds) {
        username = newUsername;
        expirySeconds = newExpirySeconds;
        parkedWallMillis = 0;
    }

    void parked(long newExpirySeconds, long wallMillis) {
        expirySeconds = newExpirySeconds;
        parkedWallMillis = wallMillis;
    }

    void subscribed(SubscriptionRequest request, int subscriptionId) {
        subscriptions.put(request.filter(), new SessionState.Subscribed(request, subscriptionId));
    }

    void unsubscribed(String filter) {
        subscriptions.remove(filter);
    }

    void published(long position, JournalRecord.Share share, int weight) {
        if (!known.contains(position)) {
            tail.addLast(Reference.of(position, share));
            added.add(position);
            queueBytes += weight;
        }
    }

    /** A message was settled before the state was taken: it is not there, unless it was added since. */
    void settledBefore(long position) {
        if (added.remove(position) && remove(tail, position) != Journal.NOTHING) {
            queueBytes -= queueBytes / (size() + 1);
        }
    }

    /** What was added was for an earlier session of this client. */
    void forgetAdded() {
        added.forEach(position -> {
            if (remove(tail, position) != Journal.NOTHING) {
                queueBytes -= queueBytes / (size() + 1);
            }
        });
        added.clear();
    }

    void sent(long position, int packetId, Journal.Recovery.Pages reader) {
        SessionState.InFlight there = inFlight.get(packetId);
        if (there != null && Reference.position(there.reference()) == position) {
            return;
        }
        long reference = remove(position, reader);
        if (reference != Journal.NOTHING) {
            inFlight.remove(packetId);
            inFlight.put(packetId, new SessionState.InFlight(reference, packetId, false));
        }
    }

    void received(long position, int packetId) {
        SessionState.InFlight there = inFlight.get(packetId);
        if (there != null && Reference.position(there.reference()) == position) {
            inFlight.put(packetId, new SessionState.InFlight(there.reference(), packetId, true));
        }
    }

    void settled(long position, Journal.Recovery.Pages reader) {
        added.remove(position);
        for (SessionState.InFlight each : inFlight.values()) {
            if (Reference.position(each.reference()) == position) {
                inFlight.remove(each.packetId());
                return;
            }
        }
        remove(position, reader);
    }

    void inboundTaken(int packetId) {
        inbound.add(packetId);
    }

    void inboundReleased(int packetId) {
        inbound.remove(packetId);
    }

    void will(@Nullable Will newWill) {
        will = newWill;
    }

    /** Takes a message out of the queue; NOTHING where it is not there. */
    private long remove(long position, Journal.Recovery.Pages reader) {
        long found = remove(head, position);
        while (found == Journal.NOTHING && head.isEmpty() && !pages.isEmpty()) {
            head.addAllLast(reader.read(pages.remove().position()));
            found = remove(head, position);
        }
        if (found == Journal.NOTHING) {
            found = remove(tail, position);
        }
        while (found == Journal.NOTHING && !pages.isEmpty()) {
            head.addAllLast(reader.read(pages.remove().position()));
            found = remove(head, position);
        }
        if (found != Journal.NOTHING) {
            queueBytes -= queueBytes / (size() + 1);
        }
        return found;
    }

    // From both ends: what leaves a queue is nearly always its oldest or, where that is full, its youngest.
    private static long remove(LongQueue from, long position) {
        for (int i = 0, j = from.size() - 1; i <= j; i++, j--) {
            if (Reference.position(from.get(i)) == position) {
                return from.remove(i);
            }
            if (Reference.position(from.get(j)) == position) {
                return from.remove(j);
            }
        }
        return Journal.NOTHING;
    }

    private int size() {
        int size = head.size() + tail.size();
        for (QueuePage page : pages) {
            size += page.messages();
        }
        return size;
    }

    SessionState state() {
        return new SessionState(
                clientId,
                username,
                expirySeconds,
                parkedWallMillis,
                List.copyOf(subscriptions.values()),
                new ArrayList<>(inFlight.values()),
                head.toArray(),
                List.copyOf(pages),
                tail.toArray(),
                queueBytes,
                inbound.stream().mapToInt(Integer::intValue).toArray(),
                will,
                asOf);
    }
}
