package io.dunlin.cli.connect;

import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Pause;
import io.dunlin.client.MqttClient;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ctrl-C and SIGTERM: say goodbye to the broker, and end quietly with exit code 0 as mosquitto's tools do. */
public final class Shutdown {
    private static volatile boolean ended;

    private static final long HOOK_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final AtomicBoolean over = new AtomicBoolean();

    private volatile Runnable first = () -> {};

    private Shutdown() {}

    /** From now on until {@link #done}, the end of the process disconnects the client in good order. */
    public static Shutdown guard(MqttClient client, Properties disconnectProperties) {
        Shutdown shutdown = new Shutdown();
        Thread hook = new Thread(() -> {
            if (shutdown.over.compareAndSet(false, true)) {
                shutdown.first.run();
                client.disconnect(ReasonCode.DISCONNECT_WITH_WILL, disconnectProperties);
                Runtime.getRuntime().halt(ExitCode.OK);
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return shutdown;
    }

    /** What is to be done before anything else when the process is told to end, for instance restoring the terminal. */
    public void first(Runnable action) {
        first = action;
    }

    /** The command ends by itself. */
    public void done() {
        if (over.compareAndSet(false, true)) {
            ended = true;
        } else {
            awaitHook();
        }
    }

    /** Whether a command has done its work, so that the process may end at once. */
    public static boolean hasEnded() {
        return ended;
    }

    /** The hook ends the process; the main thread must not overtake it with another exit code. */
    private static void awaitHook() {
        try {
            Pause.nanos(HOOK_NANOS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
