package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.SessionState;

/** What holds for any bytes: they are refused with {@link BadRecord}, or what they say can be written and read again. */
final class CodecRules {
    private static final TestClock CLOCK = new TestClock(0, 1_800_000_000_000L);
    private static final RecordCodec RECORDS = new RecordCodec(CLOCK);
    private static final StateCodec STATES = new StateCodec(CLOCK);

    private CodecRules() {}

    static void check(int type, byte[] bytes) {
        try {
            checkState(bytes);
        } catch (BadRecord refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
        try {
            checkRecord(type, bytes);
        } catch (BadRecord refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
    }

    private static void checkRecord(int type, byte[] bytes) throws BadRecord {
        JournalRecord record = RECORDS.decode(type, bytes, 0, bytes.length);
        BodyWriter out = new BodyWriter();
        assertThat(RECORDS.encode(record, out)).isEqualTo(type);
        JournalRecord again = RECORDS.decode(type, out.array(), 0, out.size());
        BodyWriter second = new BodyWriter();
        RECORDS.encode(again, second);
        assertThat(second.toByteArray()).isEqualTo(out.toByteArray());
    }

    private static void checkState(byte[] bytes) throws BadRecord {
        SessionState state = STATES.session(bytes, 0, bytes.length);
        BodyWriter out = new BodyWriter();
        STATES.put(state, out);
        SessionState again = STATES.session(out.array(), 0, out.size());
        BodyWriter second = new BodyWriter();
        STATES.put(again, second);
        assertThat(second.toByteArray()).isEqualTo(out.toByteArray());
    }
}
