package io.dunlin.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.control.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transfer that stands still gives way; one that moves does not. */
@Timeout(60)
class OneAtATimeTest {
    /** Moved by the test. */
    private static final class Hands implements Clock {
        private final AtomicLong nanos = new AtomicLong(-5);

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long wallMillis() {
            return 0;
        }

        void pass(int minutes) {
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(minutes));
        }
    }

    private final Hands clock = new Hands();
    private final OneAtATime transfers = new OneAtATime("a backup is being taken", clock);
    private final AtomicInteger released = new AtomicInteger();

    private OneAtATime.Turn begin() {
        OneAtATime.Turn turn = transfers.begin();
        turn.holds(released::incrementAndGet);
        return turn;
    }

    private void refusesASecond() {
        assertThatThrownBy(transfers::begin)
                .isInstanceOf(CommandFailed.class)
                .hasMessageStartingWith("a backup is being taken already, since 1970-01-01T00:00:00Z: wait");
    }

    /** Nothing comes of it until the thread is interrupted. */
    private static void stick(CountDownLatch stuck) throws InterruptedIOException {
        try {
            stuck.countDown();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as channels leave it
            throw new InterruptedIOException("interrupted");
        }
    }

    @FunctionalInterface
    private interface Transfer {
        void run(OneAtATime.Turn turn, CountDownLatch stuck) throws IOException;
    }

    private void isGivenUp(Transfer transfer) throws InterruptedException {
        OneAtATime.Turn turn = begin();
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicReference<String> failure = new AtomicReference<>("");
        Thread thread = Thread.ofVirtual().start(() -> {
            try (turn) {
                transfer.run(turn, stuck);
            } catch (IOException e) {
                failure.set(e.getMessage() + Thread.currentThread().isInterrupted());
            }
        });
        stuck.await();
        clock.pass(4);
        transfers.look();
        refusesASecond();
        assertThat(released).hasValue(0);
        clock.pass(1);
        transfers.look();
        transfers.begin().close();
        thread.join();
        assertThat(failure).hasValue("nothing of it has moved for 5 minutes" + false);
        assertThat(released).hasValue(1);
    }

    @Test
    void whoStopsReadingIsGivenUp() throws InterruptedException {
        isGivenUp((turn, stuck) -> turn.watched(new OutputStream() {
                    @Override
                    public void write(int one) throws IOException {
                        stick(stuck);
                    }
                })
                .write(7));
    }

    @Test
    void whoStopsSendingIsGivenUp() throws InterruptedException {
        isGivenUp((turn, stuck) -> assertThat(turn.watched(new InputStream() {
                            @Override
                            public int read() throws IOException {
                                stick(stuck);
                                return -1;
                            }

                            @Override
                            public int read(byte[] to, int at, int length) throws IOException {
                                return read();
                            }
                        })
                        .read())
                .isZero());
    }

    @Test
    void whatNobodyBeginsToReadIsGivenUpAndItsEndFreesNoOther() {
        OneAtATime.Turn turn = begin();
        turn.waits();
        clock.pass(5);
        transfers.look();
        assertThat(released).hasValue(1);
        try (OneAtATime.Turn next = transfers.begin()) {
            turn.close();
            refusesASecond();
            assertThatThrownBy(() -> turn.watched(new ByteArrayOutputStream()).write(1))
                    .isInstanceOf(IOException.class);
            assertThat(next).isNotSameAs(turn);
        }
        assertThat(released).hasValue(1);
    }

    @Test
    void whatMovesAndWorkOfItsOwnMayTakeLong() throws IOException {
        try (OneAtATime.Turn turn = begin()) {
            clock.pass(30);
            transfers.look();
            refusesASecond();
            turn.waits();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                clock.pass(4);
                transfers.look();
                turn.watched(out).write(i);
                assertThat(turn.watched(new ByteArrayInputStream(new byte[] {7}))
                                .read())
                        .isEqualTo(7);
            }
            clock.pass(30);
            transfers.look();
            refusesASecond();
            assertThat(out.size()).isEqualTo(5);
        }
        assertThat(released).hasValue(1);
    }
}
