package io.dunlin.cli.simulate;

import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import java.lang.reflect.InvocationTargetException;
import java.util.function.Supplier;

/**
 * A broker in this process, on loopback, that stores nothing. Its class is only named here, so that the tools can be
 * installed without it.
 */
final class OwnBroker implements AutoCloseable {
    private static final String LOCAL = "io.dunlin.server.LocalBroker";
    private static final int USUAL_PORT = 1883;

    private final AutoCloseable broker;

    private OwnBroker(AutoCloseable broker) {
        this.broker = broker;
    }

    /**
     * Starts it.
     *
     * @param port 0 for the usual one, or any free one where that is taken
     * @throws CommandFailed where it cannot be started
     */
    static OwnBroker start(int port) {
        if (port != 0) {
            return new OwnBroker(open(port));
        }
        try {
            return new OwnBroker(open(USUAL_PORT));
        } catch (CommandFailed e) {
            return new OwnBroker(open(0));
        }
    }

    private static AutoCloseable open(int port) {
        try {
            return (AutoCloseable)
                    Class.forName(LOCAL).getMethod("start", int.class).invoke(null, port);
        } catch (ClassNotFoundException e) {
            throw new CommandFailed(
                    "This installation has no broker: 'demo' needs the whole of Dunlin.", ExitCode.ERROR);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw new CommandFailed(
                    "The broker does not start: " + (cause == null ? e : cause).getMessage(), ExitCode.ERROR);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where clients reach it. */
    String url() {
        return broker instanceof Supplier<?> supplier ? String.valueOf(supplier.get()) : "";
    }

    @Override
    public void close() {
        try {
            broker.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
