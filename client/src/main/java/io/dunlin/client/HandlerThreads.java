package io.dunlin.client;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where code of the application runs that may block: a virtual thread for each task where the JDK has them, else a pool. */
final class HandlerThreads {
    private static final String NAME = "dunlin-handler";
    private static final int IDLE_SECONDS = 10;

    private HandlerThreads() {}

    /** One for the whole process; never refuses, never waits. Its threads keep no process alive. */
    static Executor shared() {
        return Shared.EXECUTOR;
    }

    private static final class Shared {
        static final Executor EXECUTOR = create();

        private static Executor create() {
            try { // Thread.ofVirtual().name(NAME).factory(), which the API of JDK 17 does not have
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                Object named = type.getMethod("name", String.class).invoke(builder, NAME);
                ThreadFactory factory =
                        (ThreadFactory) type.getMethod("factory").invoke(named);
                return (Executor) Executors.class
                        .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                        .invoke(null, factory);
            } catch (ReflectiveOperationException e) { // before JDK 21
                return pool();
            }
        }
    }

    static Executor pool() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, NAME);
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
