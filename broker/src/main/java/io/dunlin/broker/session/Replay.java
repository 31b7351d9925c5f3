package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.routing.RetainedStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what an earlier run left: the sessions as they were at the last checkpoint, with the records since applied to
 * them. Thread: that of {@link Journal#recover}.
 */
public final class Replay implements Journal.Recovery {
    private final RetainedStore retained;
    private final Map<String, SessionState> states = new LinkedHashMap<>(); // untouched since the checkpoint
    private final Map<String, SessionImage> images = new LinkedHashMap<>();
    private Pages pages = position -> new long[0];
    private long checkpoint;

    public Replay(RetainedStore retained) {
        this.retained = retained;
    }

    @Override
    public void pages(Pages reader, long checkpointPosition) {
        pages = reader;
        checkpoint = checkpointPosition;
    }

    @Override
    public void session(SessionState state) {
        states.put(state.clientId(), state);
    }

    @Override
    public void retained(Message message) {
        retained.restore(message);
    }

    @Override
    public void record(long position, JournalRecord record) {
        switch (record) {
            case JournalRecord.SessionOpened it -> opened(position, it);
            case JournalRecord.SessionParked it ->
                image(position, it.clientId(), image -> image.parked(it.expirySeconds(), it.wallMillis()));
            case JournalRecord.SessionEnded it -> ended(position, it.clientId());
            case JournalRecord.Subscribed it ->
                image(position, it.clientId(), image -> image.subscribed(it.request(), it.subscriptionId()));
            case JournalRecord.Unsubscribed it ->
                image(position, it.clientId(), image -> image.unsubscribed(it.filter()));
            case JournalRecord.Published it -> published(position, it);
            case JournalRecord.Spilled _ -> {
                // what was spilled since the checkpoint is in memory here, and spills again
            }
            case JournalRecord.Sent it ->
                image(position, it.clientId(), image -> image.sent(it.position(), it.packetId(), pages));
            case JournalRecord.Received it ->
                image(position, it.clientId(), image -> image.received(it.position(), it.packetId()));
            case JournalRecord.Settled it -> settled(position, it);
            case JournalRecord.InboundTaken it ->
                image(position, it.clientId(), image -> image.inboundTaken(it.packetId()));
            case JournalRecord.InboundReleased it ->
                image(position, it.clientId(), image -> image.inboundReleased(it.packetId()));
            case JournalRecord.Retained it -> retained.restore(it.message());
            case JournalRecord.WillStored it -> image(position, it.clientId(), image -> image.will(it.will()));
            case JournalRecord.WillCleared it -> image(position, it.clientId(), image -> image.will(null));
        }
    }

    private void opened(long position, JournalRecord.SessionOpened record) {
        if (find(record.clientId()) == null) {
            images.put(record.clientId(), new SessionImage(record.clientId()));
        }
        image(position, record.clientId(), image -> image.opened(record.username(), record.expirySeconds()));
    }

    private void ended(long position, String clientId) {
        SessionImage image = find(clientId);
        if (image != null && image.hasSeen(position)) { // the state is of a later session of this client
            image.forgetAdded();
        } else {
            images.remove(clientId);
        }
    }

    private void published(long position, JournalRecord.Published record) {
        if (record.takenPacketId() != 0) {
            image(position, record.message().publisher(), image -> image.inboundTaken(record.takenPacketId()));
        }
        int weight = record.message().weight();
        for (JournalRecord.Share share : record.shares()) {
            SessionImage image = find(share.clientId());
            if (image != null) {
                image.published(position, share, weight);
            }
        }
    }

    private void settled(long position, JournalRecord.Settled record) {
        SessionImage image = find(record.clientId());
        if (image != null && image.hasSeen(position)) {
            image.settledBefore(record.position());
        } else if (image != null) {
            image.settled(record.position(), pages);
        }
    }

    /** Applies a record of the session's own doing, unless its state has it already or the session has ended meanwhile. */
    private void image(long position, String clientId, Consumer<SessionImage> change) {
        SessionImage image = find(clientId);
        if (image != null && !image.hasSeen(position)) {
            change.accept(image);
        }
    }

    private @Nullable SessionImage find(String clientId) {
        SessionImage image = images.get(clientId);
        if (image == null) {
            SessionState state = states.remove(clientId);
            if (state != null) {
                image = new SessionImage(state, checkpoint, pages);
                images.put(clientId, image);
            }
        }
        return image;
    }

    /** Hands the sessions over, each once; afterwards this is empty. */
    void drain(Consumer<SessionState> each) {
        states.values().forEach(each);
        states.clear();
        images.values().forEach(image -> each.accept(image.state()));
        images.clear();
    }
}
