package io.dunlin.broker.port;

import io.dunlin.protocol.packet.QoS;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where what must survive is written, and read again. A record counts as stored once {@link #stored} has reached its position
 * at the level that was wanted; only then does the core acknowledge what led to it. Everything before a stored record is stored
 * too. Thread: any shard, where a method does not say otherwise; the records of one session come from one shard, in order.
 */
public interface Journal {
    /** The number of partitions, fixed for ever: a client id belongs to one of them. */
    int PARTITIONS = 1024;

    /** The position of what was not written. */
    long NOTHING = 0;

    /** The partition of a client id: 0 to PARTITIONS - 1. */
    static int partition(String clientId) {
        int hash = clientId.hashCode();
        return (hash ^ hash >>> 16) & PARTITIONS - 1;
    }

    /**
     * Appends a record to a partition and returns its position. Positions grow over all partitions together, are above
     * {@link #NOTHING} and below 2^60, and name the record for as long as it is referred to; {@link Reference} has more.
     *
     * @param wanted what the caller is going to wait for; {@code MEMORY} where it waits for nothing
     */
    long append(int partition, JournalRecord record, Durability wanted);

    /** The position from which on records will be appended. */
    long end();

    /** Everything at or below this position is stored at this level; at {@code MEMORY} always everything. */
    long stored(Durability level);

    /**
     * From now on runs {@code grown} on the shard after {@link #stored} has grown, or {@link #condition} has changed. Called once
     * for each shard, at start.
     */
    void listen(ShardExecutor shard, Runnable grown);

    /** The highest level that it offers; what is wanted beyond that is given at this one. */
    Durability best();

    /** Whether it takes more. */
    Condition condition();

    /** How a journal does. */
    enum Condition {
        OPEN,
        /** The disk is slower than the publishers: those who publish more wait until {@link #stored} grows. */
        BEHIND,
        /**
         * There is no room, or the disk refuses writes. New messages that need the journal are refused; what frees room is still
         * taken. It turns {@code OPEN} by itself once there is room.
         */
        FULL,
        /** It cannot be told what is on the disk. Nothing will be stored any more; the process has to end. */
        FAILED;

        public boolean isRefusing() {
            return this == FULL || this == FAILED;
        }
    }

    /**
     * Reads the messages that a session's references name, in their order. The answer comes on the shard, always.
     *
     * @param references at most 1,024, as {@link Reference} packs them
     * @param answer the first of them, at least one; the others where they are small enough together; null in the place of one
     *     that cannot be read, which the journal has logged
     */
    void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer);

    /** A message as one session is to get it. {@code subscriptionIds} is not to be changed. */
    record Loaded(Message message, QoS qos, boolean retain, int[] subscriptionIds) {}

    /** Reads the references of a {@link JournalRecord.Spilled}; the answer comes on the shard, empty where it cannot be read. */
    void readPage(long position, ShardExecutor shard, Consumer<long[]> answer);

    /**
     * Tells what an earlier run has left: first the state at the last checkpoint, then each record since, in order. Once, before
     * the first {@link #append}; blocks. Thread: the caller's.
     */
    void recover(Recovery recovery);

    /** Takes what an earlier run has left. Thread: that of {@link Journal#recover}. */
    interface Recovery {
        /** A session as it was at the checkpoint, or a little later: records that it has seen already may follow. */
        void session(SessionState state);

        /** A retained message as it was at the checkpoint. */
        void retained(Message message);

        /** A record since the checkpoint. */
        void record(long position, JournalRecord record);

        /** Reads the references of a page at once; only from inside the other methods and before {@code recover} returns. */
        interface Pages {
            long[] read(long position);
        }

        /** Called first. */
        void pages(Pages pages, long checkpointPosition);
    }

    /** From now on the journal asks this for the state of the core whenever it makes a checkpoint. Once, after {@link #recover}. */
    void checkpointsFrom(Snapshots core);

    /** The state of the core, for checkpoints. Thread: any. */
    interface Snapshots {
        /**
         * Visits all sessions that the journal knows, each on its shard. It begins with a barrier: what was appended before this
         * call has been applied to the sessions before the first of them is visited.
         *
         * @param all whether to give the state of those too that have not changed since the last visit; needed after a visit whose
         *     states were lost
         * @return done when all have been visited and all batches been taken
         */
        CompletionStage<Void> visit(boolean all, Visitor visitor);

        /** Gives all retained messages. Thread: any; may take its time. */
        void retained(Consumer<Message> each);
    }

    /** Takes what a visit brings. */
    interface Visitor {
        /** For one shard, asked for once on each. */
        Marks marks();

        /** States of sessions that have changed; the shard goes on when the stage is done. Thread: a shard. */
        CompletionStage<Void> changed(List<SessionState> states);
    }

    /** Notes what is still referred to: all else may be deleted. Thread: one shard. */
    interface Marks {
        /** A message in a queue or in flight, by its position. */
        void message(long position);

        void page(QueuePage page);
    }
}
