package io.dunlin.storage;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives what a file of the state log says, each name once, in two passes: the first finds out which frames later ones replace and
 * keeps only names, the second decodes the others. Thread: one.
 */
final class StateReading {
    private final StateFrames frames;
    private final int number;
    private final long end;
    private final StateCodec codec;
    private final StateFrames.@Nullable Damage damage;

    /** @param end of what is read, the CRCs of which have been looked at */
    StateReading(DiskFile file, int number, long end, StateCodec codec) {
        this(file, number, end, codec, null);
    }

    /** @param damage told of what cannot be read, which is passed over; null where the CRCs have been looked at */
    StateReading(DiskFile file, int number, long end, StateCodec codec, StateFrames.@Nullable Damage damage) {
        this.frames = new StateFrames(file);
        this.number = number;
        this.end = end;
        this.codec = codec;
        this.damage = damage;
    }

    /** @param liveBytes of the frames that are not replaced */
    record Counts(long sessions, long retained, long liveBytes) {}

    Counts give(Consumer<SessionState> sessions, Consumer<Message> retained) throws IOException {
        Newest newest = newest();
        Delivery delivery = new Delivery(newest.replaced, sessions, retained);
        each(delivery, false);
        return new Counts(delivery.sessionCount, delivery.retainedCount, newest.liveBytes);
    }

    private Newest newest() throws IOException {
        Newest newest = new Newest();
        each(newest, true);
        newest.sessions.clear(); // the names take more room than all else: they go before the first state is given
        newest.retained.clear();
        return newest;
    }

    private void each(StateFrames.Visitor visitor, boolean tellsDamage) throws IOException {
        StateFrames.Damage told = damage;
        if (told == null) {
            frames.each(StateHeader.BYTES, end, false, visitor);
        } else {
            frames.eachReadable(StateHeader.BYTES, end, visitor, tellsDamage ? told : (from, to) -> {});
        }
    }

    /** Finds out which frames are replaced by later ones. */
    private static final class Newest implements StateFrames.Visitor {
        private final Map<String, Last> sessions = new HashMap<>();
        private final Map<String, Last> retained = new HashMap<>();
        private final BitSet replaced = new BitSet();
        private long liveBytes = StateHeader.BYTES;
        private int ordinal;

        /** The last frame of a name. */
        private record Last(int ordinal, int bytes) {}

        @Override
        public void frame(long at, int type, byte[] bytes, int from, int to) throws IOException {
            int length = RecordFrame.HEADER_BYTES + (to - from);
            try {
                switch (type) {
                    case StateFrames.SESSION -> put(sessions, name(bytes, from, to), length);
                    case StateFrames.RETAINED -> put(retained, name(bytes, from, to), length);
                    case StateFrames.SESSION_GONE -> remove(sessions, name(bytes, from, to));
                    case StateFrames.RETAINED_GONE -> remove(retained, name(bytes, from, to));
                    default -> replaced.set(ordinal);
                }
            } catch (BadRecord e) {
                throw new IOException("A frame at byte " + at + " of the state log cannot be read: " + e.getMessage());
            }
            ordinal++;
        }

        private static String name(byte[] bytes, int from, int to) throws BadRecord {
            return new BodyReader(bytes, from, to).text();
        }

        private void put(Map<String, Last> names, String name, int length) {
            forget(names.put(name, new Last(ordinal, length)));
            liveBytes += length;
        }

        private void remove(Map<String, Last> names, String name) {
            forget(names.remove(name));
            replaced.set(ordinal);
        }

        private void forget(@Nullable Last last) {
            if (last != null) {
                replaced.set(last.ordinal);
                liveBytes -= last.bytes;
            }
        }
    }

    /** Decodes what is not replaced. */
    private final class Delivery implements StateFrames.Visitor {
        private final BitSet replaced;
        private final Consumer<SessionState> sessions;
        private final Consumer<Message> retained;
        private int ordinal;
        private long sessionCount;
        private long retainedCount;

        Delivery(BitSet replaced, Consumer<SessionState> sessions, Consumer<Message> retained) {
            this.replaced = replaced;
            this.sessions = sessions;
            this.retained = retained;
        }

        @Override
        public void frame(long at, int type, byte[] bytes, int from, int to) throws IOException {
            if (replaced.get(ordinal++)) {
                return;
            }
            try {
                if (type == StateFrames.SESSION) {
                    sessions.accept(codec.session(bytes, from, to));
                    sessionCount++;
                } else {
                    retained.accept(codec.retained(bytes, from, to));
                    retainedCount++;
                }
            } catch (BadRecord e) {
                throw new StoreDamaged(StateName.of(number), at, "a frame cannot be read: " + e.getMessage());
            }
        }
    }
}
