package io.dunlin.storage;

import java.util.Set;
import java.util.TreeSet;

/**
 * The end of a checkpoint. What stands before it in the state log, with the records of the log from its position on, is all that
 * was stored.
 *
 * @param replayFrom the position in the log from which on records are to be replayed
 * @param durable the log was synced up to this position
 * @param epoch of the process that made it
 * @param isClean whether that process stopped in order after it, so that there is nothing to replay
 * @param wallMillis when it was made
 * @param live the segments that are still needed; those that are older and not among them may be there or not
 */
record Mark(long replayFrom, long durable, long epoch, boolean isClean, long wallMillis, Set<Integer> live) {
    private static final int CLEAN = 1;

    /** Of a store that has nothing yet. */
    static Mark first(long epoch, long wallMillis) {
        return new Mark(0, 0, epoch, true, wallMillis, Set.of());
    }

    /** The store's id and the mark's own place come first: so it is found behind a damage, and nothing else is taken for one. */
    void put(StoreId storeId, long at, BodyWriter out) {
        out.eightBytes(storeId.high());
        out.eightBytes(storeId.low());
        out.eightBytes(at);
        out.number(replayFrom);
        out.number(durable);
        out.number(epoch);
        out.oneByte(isClean ? CLEAN : 0);
        out.signed(wallMillis);
        out.growing(new TreeSet<>(live).stream().mapToLong(Integer::longValue).toArray());
    }

    static Mark read(StoreId storeId, long at, byte[] bytes, int from, int to) throws BadRecord {
        BodyReader in = new BodyReader(bytes, from, to);
        if (in.eightBytes() != storeId.high() || in.eightBytes() != storeId.low() || in.eightBytes() != at) {
            throw new BadRecord("a mark of another place or store");
        }
        long replayFrom = in.natural();
        long durable = in.natural();
        long epoch = in.natural();
        boolean isClean = in.upTo(CLEAN) == CLEAN;
        long wallMillis = in.signed();
        Set<Integer> live = new TreeSet<>();
        for (long segment : in.growing()) {
            if (segment < 1 || segment > Position.SEGMENT_MAX) {
                throw new BadRecord("a mark names the segment " + segment);
            }
            live.add((int) segment);
        }
        in.expectEnd();
        return new Mark(replayFrom, durable, epoch, isClean, wallMillis, live);
    }
}
