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
            case JournalRecord.SessionOpened it -> opened(it);
            case JournalRecord.SessionParked it ->
                image(it.clientId(), image -> image.parked(it.expirySeconds(), it.wallMillis()));
            case JournalRecord.SessionEnded it -> {
                states.remove(it.clientId());
                images.remove(it.clientId());
            }
            case JournalRecord.Subscribed it ->
                image(it.clientId(), image -> image.subscribed(it.request(), it.subscriptionId()));
            case JournalRecord.Unsubscribed it -> image(it.clientId(), image -> image.unsubscribed(it.filter()));
            case JournalRecord.Published it -> published(position, it);
            case JournalRecord.Spilled _ -> {
                // what was spilled since the checkpoint is in memory here, and spills again
            }
            case JournalRecord.Sent it ->
                image(it.clientId(), image -> image.sent(position, it.position(), it.packetId(), pages));
            case JournalRecord.Received it ->
                image(it.clientId(), image -> image.received(it.position(), it.packetId()));
            case JournalRecord.Settled it ->
                image(it.clientId(), image -> image.settled(position, it.position(), pages));
            case JournalRecord.InboundTaken it -> image(it.clientId(), image -> image.inboundTaken(it.packetId()));
            case JournalRecord.InboundReleased it ->
                image(it.clientId(), image -> image.inboundReleased(it.packetId()));
            case JournalRecord.Retained it -> retained.restore(it.message());
            case JournalRecord.WillStored it -> image(it.clientId(), image -> image.will(it.will()));
            case JournalRecord.WillCleared it -> image(it.clientId(), image -> image.will(null));
        }
    }

    private void opened(JournalRecord.SessionOpened record) {
        SessionImage image = find(record.clientId());
        if (image == null) {
            image = new SessionImage(record.clientId());
            images.put(record.clientId(), image);
        }
        image.opened(record.username(), record.expirySeconds());
    }

    private void published(long position, JournalRecord.Published record) {
        if (record.takenPacketId() != 0) {
            image(record.message().publisher(), image -> image.inboundTaken(record.takenPacketId()));
        }
        int weight = record.message().weight();
        for (JournalRecord.Share share : record.shares()) {
            image(share.clientId(), image -> image.published(position, share, weight));
        }
    }

    private void image(String clientId, Consumer<SessionImage> change) {
        SessionImage image = find(clientId);
        if (image != null) { // else the session has ended meanwhile
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
