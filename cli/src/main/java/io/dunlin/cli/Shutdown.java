package io.dunlin.cli;

import io.dunlin.client.MqttClient;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ctrl-C and SIGTERM: say goodbye to the broker, and end quietly with exit code 0 as mosquitto's tools do. */
final class Shutdown {
    private static volatile boolean installed;

    private final AtomicBoolean over = new AtomicBoolean();

    private Shutdown() {}

    /** From now on until {@link #done}, the end of the process disconnects the client in good order. */
    static Shutdown guard(MqttClient client, Properties disconnectProperties) {
        Shutdown shutdown = new Shutdown();
        Thread hook = new Thread(() -> {
            if (shutdown.over.compareAndSet(false, true)) {
                client.disconnect(ReasonCode.DISCONNECT_WITH_WILL, disconnectProperties);
                Runtime.getRuntime().halt(ExitCode.OK);
            }
        });
        installed = true;
        Runtime.getRuntime().addShutdownHook(hook);
        return shutdown;
    }

    /** The command ends by itself. */
    void done() {
        over.set(true);
    }

    /** Whether the process must be ended by hand: a command ran that has threads. */
    static boolean exitNeeded() {
        return installed;
    }
}
