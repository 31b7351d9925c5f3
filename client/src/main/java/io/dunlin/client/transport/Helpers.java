package io.dunlin.client.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for what a loop must not do itself. They end when there is nothing to do. */
final class Helpers {
    private static final int WAITING_MAX = 8;

    /** For what waits: names, files. */
    static final Executor WAITING = pool("dunlin-resolver", WAITING_MAX);

    /** For what computes: the mathematics of a TLS handshake. */
    static final Executor COMPUTING =
            pool("dunlin-tls", Math.max(2, Runtime.getRuntime().availableProcessors()));

    private Helpers() {}

    private static Executor pool(String name, int threads) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
