package io.dunlin.simulation;

import io.dunlin.broker.port.Journal.Recovery;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import org.jspecify.annotations.Nullable;

/** Tells that a message has left a session one record too early: before what it is about. */
final class SwappedReplay implements Recovery {
    private final Recovery recovery;
    private long heldPosition;
    private @Nullable JournalRecord held;

    SwappedReplay(Recovery recovery) {
        this.recovery = recovery;
    }

    @Override
    public void session(SessionState state) {
        recovery.session(state);
    }

    @Override
    public void retained(Message message) {
        recovery.retained(message);
    }

    @Override
    public void pages(Pages pages, long checkpointPosition) {
        recovery.pages(pages, checkpointPosition);
    }

    @Override
    public void record(long position, JournalRecord record) {
        JournalRecord waiting = held;
        if (waiting != null) {
            held = null;
            recovery.record(position, record);
            recovery.record(heldPosition, waiting);
        } else if (record instanceof JournalRecord.Published || record instanceof JournalRecord.InboundTaken) {
            held = record;
            heldPosition = position;
        } else {
            recovery.record(position, record);
        }
    }
}
