package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopTest {
    private final EventLoop loop = new EventLoop("test-loop");
    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    private List<Integer> take(int count) throws InterruptedException {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Integer next = seen.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("after %s", taken).isNotNull();
            taken.add(next);
        }
        return taken;
    }

    @Test
    void runsTasksInOrderOnItsThread() throws Exception {
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
        loop.execute(() -> {
            loop.execute(() -> seen.add(2));
            seen.add(1);
            inLoop.complete(loop.inLoop() && EventLoop.isLoopThread());
        });

        assertThat(take(2)).containsExactly(1, 2);
        assertThat(inLoop.get()).isTrue();
        assertThat(loop.inLoop()).isFalse();
        assertThat(EventLoop.isLoopThread()).isFalse();
    }

    @Test
    void losesNoTaskOfManyThreads() throws Exception {
        int threads = 4;
        int each = 20_000;
        CountDownLatch done = new CountDownLatch(threads * each);
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    loop.execute(done::countDown);
                }
            });
            thread.start();
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void timersRunInTheirOrderUnlessCancelled() throws Exception {
        loop.schedule(TimeUnit.MILLISECONDS.toNanos(60), () -> seen.add(3));
        Timer cancelled = loop.schedule(TimeUnit.MILLISECONDS.toNanos(30), () -> seen.add(2));
        loop.schedule(TimeUnit.MILLISECONDS.toNanos(10), () -> seen.add(1));
        cancelled.cancel();

        assertThat(take(2)).containsExactly(1, 3);
    }

    @Test
    void failingTaskDoesNotEndTheOthers() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("expected by the test");
        });
        loop.schedule(0, () -> {
            throw new IllegalStateException("expected by the test");
        });
        loop.schedule(TimeUnit.MILLISECONDS.toNanos(5), () -> seen.add(1));
        loop.execute(() -> seen.add(0));

        assertThat(take(2)).containsExactly(0, 1);
    }

    @RepeatedTest(20)
    void heapGivesTimersByTime() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TimerHeap heap = new TimerHeap();
        List<Timer> kept = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            if (!kept.isEmpty() && random.nextInt(3) == 0) {
                heap.remove(kept.remove(random.nextInt(kept.size())));
            } else {
                Timer timer = new Timer(loop, random.nextInt(100) - 50, () -> seen.add(0));
                kept.add(timer);
                heap.add(timer);
            }
        }
        List<Long> found = new ArrayList<>();
        for (Timer first = heap.first(); first != null; first = heap.first()) {
            found.add(first.dueNanos);
            heap.remove(first);
        }
        kept.sort(Comparator.comparingLong(timer -> timer.dueNanos));
        assertThat(found)
                .as("seed %s", seed)
                .isEqualTo(kept.stream().map(timer -> timer.dueNanos).toList());
    }
}
