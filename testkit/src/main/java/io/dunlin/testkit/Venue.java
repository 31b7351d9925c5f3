package io.dunlin.testkit;

import io.dunlin.broker.Broker;
import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.PublishTracing;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a conversation takes place: in memory or against a server on real sockets. One broker, made for one test. */
public interface Venue extends AutoCloseable {
    /** What the broker is made of. @param tracing null where nobody follows messages */
    record Setup(
            BrokerOptions options,
            ListenerOptions listener,
            Authenticator authenticator,
            Authorizer authorizer,
            Journal journal,
            BrokerEvents events,
            @Nullable PublishTracing tracing) {}

    /** Makes and starts the broker; once. */
    Broker start(Setup setup);

    /** A new connection to it. */
    Wire open();

    /** Whether time is virtual: then nothing waits, and silence is certain. */
    boolean isVirtual();

    /** Lets virtual time pass. Only where it is virtual. */
    void advance(Duration duration);

    /** Lets virtual time pass all at once, so that timers run late. Only where time is virtual. */
    void leap(Duration duration);

    /** Lets everything happen that can happen now. Does nothing where time is real. */
    void settle();

    /** Milliseconds since the start. */
    long millis();

    /** Faults inside the broker that no client saw. */
    List<Throwable> faults();

    /** How to have the same run again, for messages. */
    String recipe();

    @Override
    void close();
}
