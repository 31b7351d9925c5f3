package io.dunlin.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.BrokerOptions.MessageLimits;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.Share;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records since a checkpoint meet states that are younger than some of them. */
class ReplayTest {
    private static final int[] NO_IDS = {};
    private static final long CHECKPOINT = 10;
    private static final long AS_OF = 100;

    private final Replay replay = new Replay(new RetainedStore(() -> MessageLimits.DEFAULTS));

    private static long reference(long position) {
        return Reference.of(position, QoS.AT_LEAST_ONCE, false, false);
    }

    private static Share share() {
        return new Share("c", QoS.AT_LEAST_ONCE, false, NO_IDS);
    }

    private static JournalRecord published(Share... shares) {
        Message message = new Message(
                TopicName.of("t"), QoS.AT_LEAST_ONCE, false, Properties.NONE, new byte[1], "p", Message.NEVER);
        return new JournalRecord.Published(message, List.of(shares), 0);
    }

    private void state(List<SessionState.InFlight> inFlight, long... tail) {
        replay.pages(position -> new long[0], CHECKPOINT);
        replay.session(new SessionState(
                "c", null, 60, 1, List.of(), inFlight, new long[0], List.of(), tail, tail.length, NO_IDS, null, AS_OF));
    }

    private SessionState result() {
        List<SessionState> all = new ArrayList<>();
        replay.drain(all::add);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static long[] queued(SessionState state) {
        return Arrays.stream(state.tail()).map(Reference::position).toArray();
    }

    @Test
    void anIdentifierThatWasUsedAgainIsTheLatersOwn() {
        state(List.of(new SessionState.InFlight(reference(50), 5, false)));
        replay.record(20, published(share()));
        replay.record(30, new JournalRecord.Sent("c", 20, 5));
        replay.record(40, new JournalRecord.Settled("c", 20));
        replay.record(50, published(share()));
        replay.record(60, new JournalRecord.Sent("c", 50, 5));
        SessionState result = result();
        assertThat(result.inFlight()).containsExactly(new SessionState.InFlight(reference(50), 5, false));
        assertThat(queued(result)).isEmpty();
    }

    @Test
    void oneOfTwoCopiesThatWasSettledBeforeLeavesTheOther() {
        state(List.of(), reference(20));
        replay.record(20, published(share(), share()));
        replay.record(30, new JournalRecord.Settled("c", 20));
        assertThat(queued(result())).containsExactly(20);
    }

    @Test
    void whatWasForAnEarlierSessionOfTheClientGoesWithThat() {
        state(List.of(), reference(60));
        replay.record(20, published(share()));
        replay.record(30, new JournalRecord.SessionEnded("c"));
        replay.record(40, new JournalRecord.SessionOpened("c", null, 60));
        replay.record(60, published(share()));
        assertThat(queued(result())).containsExactly(60);
    }

    @Test
    void whatWasOnItsWayToTheSessionIsAdded() {
        state(List.of(), reference(60));
        replay.record(20, published(share()));
        replay.record(60, published(share()));
        replay.record(120, new JournalRecord.Sent("c", 60, 9));
        replay.record(130, published(share()));
        SessionState result = result();
        assertThat(queued(result)).containsExactly(20, 130);
        assertThat(result.inFlight()).containsExactly(new SessionState.InFlight(reference(60), 9, false));
    }

    @Test
    void aSessionThatEndsLaterIsGone() {
        state(List.of(), reference(60));
        replay.record(110, new JournalRecord.SessionEnded("c"));
        List<SessionState> all = new ArrayList<>();
        replay.drain(all::add);
        assertThat(all).isEmpty();
    }
}
