package io.dunlin.server;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operating system asks of this process: TERM and INT to stop, HUP to reload. The JDK has no public interface for
 * that, so its internal one is used by reflection; where it is absent, stopping still works by the shutdown hook. Thread: any.
 */
final class Signals {
    /** What a signal asks for. */
    enum Wish {
        STOP,
        RELOAD,
        /** This came from within: the broker cannot go on. */
        FAIL
    }

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();

    private Signals() {}

    /**
     * Takes the signals over from the JVM.
     *
     * @param atExit runs where the JVM ends in any other way
     */
    static Signals install(Runnable atExit) {
        Signals signals = new Signals();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(atExit));
        signals.handle("TERM", Wish.STOP);
        signals.handle("INT", Wish.STOP);
        signals.handle("HUP", Wish.RELOAD);
        return signals;
    }

    /** The broker cannot go on: wakes whoever waits. */
    void fail() {
        wishes.add(Wish.FAIL);
    }

    /** Waits for the next one. */
    Wish next() throws InterruptedException {
        return wishes.take();
    }

    private void handle(String name, Wish wish) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            wishes.add(wish);
                        }
                        return null;
                    });
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, handling);
        } catch (
                ReflectiveOperationException
                        e) { // this system has no such signal, or it is kept by another part of the JVM
            LOG.debug("signal {} keeps its usual effect", name, e);
        }
    }
}
