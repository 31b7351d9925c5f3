package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandlerThreadsTest {
    private static Thread threadOf(Executor executor) throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        executor.execute(() -> ran.complete(Thread.currentThread()));
        return ran.get(10, TimeUnit.SECONDS);
    }

    @Test
    void virtualWhereTheJdkHasThem() throws Exception {
        Thread thread = threadOf(HandlerThreads.shared());

        boolean expected = Runtime.version().feature() >= 21;
        boolean virtual =
                expected && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        assertThat(virtual).isEqualTo(expected);
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("dunlin-handler");
    }

    @Test
    void poolBefore() throws Exception {
        Thread thread = threadOf(HandlerThreads.pool());

        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("dunlin-handler");
    }
}
