package io.dunlin.client;

import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were accepted and are not on their way: published without a connection, or beyond the window. Bounded by
 * count and bytes. Guarded by the session's lock.
 */
final class OutgoingQueue {
    private final OfflineBuffer bounds;
    private Set<Request.Publishing> waiting = new LinkedHashSet<>();
    /** Those of QoS 0 among them, in the same order. */
    private final ArrayDeque<Request.Publishing> unconfirmed = new ArrayDeque<>(0);

    private long bytes;

    OutgoingQueue(OfflineBuffer bounds) {
        this.bounds = bounds;
    }

    int size() {
        return waiting.size();
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean hasUnconfirmed() {
        return !unconfirmed.isEmpty();
    }

    /** Whether a message of this size fits without anything having to go. */
    boolean hasRoom(long added) {
        return waiting.size() < bounds.messagesMax() && bytes + added <= bounds.bytesMax();
    }

    /** Takes out the messages that have to go for this one to fit; null where it does not fit even so, and nothing goes. */
    @Nullable
    List<Request.Publishing> makeRoom(Request.Publishing added) {
        if (hasRoom(added.bytes())) {
            return List.of();
        }
        if (bounds.whenFull() == OfflineBuffer.WhenFull.FAIL
                || bounds.messagesMax() < 1
                || added.bytes() > bounds.bytesMax()) {
            return null;
        }
        Iterable<Request.Publishing> candidates =
                bounds.whenFull() == OfflineBuffer.WhenFull.DROP_OLDEST ? waiting : unconfirmed;
        List<Request.Publishing> victims = new ArrayList<>();
        int left = waiting.size();
        long bytesLeft = bytes;
        for (Request.Publishing candidate : candidates) {
            victims.add(candidate);
            left--;
            bytesLeft -= candidate.bytes();
            if (left < bounds.messagesMax() && bytesLeft + added.bytes() <= bounds.bytesMax()) {
                victims.forEach(this::remove);
                return victims;
            }
        }
        return null;
    }

    LimitExceeded refusal() {
        return new LimitExceeded(
                ReasonCode.QUOTA_EXCEEDED,
                "The buffer is full: " + waiting.size() + " messages with " + bytes
                        + " bytes wait to be sent. Publish more slowly, or give offlineBuffer more room.");
    }

    /** At the end; not bounded here. */
    void add(Request.Publishing added) {
        waiting.add(added);
        bytes += added.bytes();
        if (added.message.qos() == QoS.AT_MOST_ONCE) {
            unconfirmed.add(added);
        }
    }

    /** In front of all others, in this order; none of them of QoS 0. */
    void addFirst(List<Request.Publishing> added) {
        if (added.isEmpty()) {
            return;
        }
        Set<Request.Publishing> changed = new LinkedHashSet<>(added);
        changed.addAll(waiting);
        waiting = changed;
        for (Request.Publishing publishing : added) {
            bytes += publishing.bytes();
        }
    }

    Request.@Nullable Publishing peek() {
        Iterator<Request.Publishing> all = waiting.iterator();
        return all.hasNext() ? all.next() : null;
    }

    void remove(Request.Publishing removed) {
        if (waiting.remove(removed)) {
            bytes -= removed.bytes();
            if (removed.message.qos() == QoS.AT_MOST_ONCE) {
                unconfirmed.remove(removed); // the first, but where one further on expired
            }
        }
    }

    /** Takes out all. */
    List<Request.Publishing> drain() {
        List<Request.Publishing> all = new ArrayList<>(waiting);
        waiting.clear();
        unconfirmed.clear();
        bytes = 0;
        return all;
    }
}
