package io.dunlin.testkit;

import io.dunlin.broker.Broker;
import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One broker and the clients that talk to it: the stage of a test. What the broker is made of is said first; the first client
 * starts it. Thread: one, the test's.
 */
public final class World implements AutoCloseable {
    private final Venue venue;
    private final Transcript transcript;
    private final List<Peer> peers = new ArrayList<>();
    private BrokerOptions options = BrokerOptions.DEFAULTS;
    private ListenerOptions listener = new ListenerOptions(MemoryVenue.LISTENER, 100_000, Optional.empty());
    private Authenticator authenticator = ScriptedAuthenticator.acceptAll();
    private Authorizer authorizer = Authorizer.allowAll();
    private Journal journal = new MemoryJournal();
    private BrokerEvents events = BrokerEvents.NONE;
    private @Nullable PublishTracing tracing;
    private @Nullable Broker broker;

    public World(Venue venue) {
        this.venue = venue;
        this.transcript = new Transcript(venue::millis);
    }

    /** In memory with two shards: what most tests want. */
    public static World inMemory() {
        return new World(MemoryVenue.plain(2));
    }

    /** Sets one of the {@link BrokerOptions} by its name, before the start or during the run. */
    public World with(String option, Object value) {
        options = Records.with(options, option, value);
        if (broker != null) {
            broker.options(options);
            venue.settle();
        }
        return this;
    }

    /** Sets one of the {@link ListenerOptions} by its name; before the first client. */
    public World withListener(String option, Object value) {
        requireNotStarted();
        listener = Records.with(listener, option, value);
        return this;
    }

    /** Before the first client. */
    public World with(Authenticator newAuthenticator) {
        requireNotStarted();
        authenticator = newAuthenticator;
        return this;
    }

    /** Before the first client. */
    public World with(Authorizer newAuthorizer) {
        requireNotStarted();
        authorizer = newAuthorizer;
        return this;
    }

    /** Before the first client. */
    public World with(Journal newJournal) {
        requireNotStarted();
        journal = newJournal;
        return this;
    }

    /** Before the first client. */
    public World with(BrokerEvents newEvents) {
        requireNotStarted();
        events = newEvents;
        return this;
    }

    /** Who follows messages. */
    public World with(PublishTracing newTracing) {
        requireNotStarted();
        tracing = newTracing;
        return this;
    }

    private void requireNotStarted() {
        if (broker != null) {
            throw new IllegalStateException("the broker runs already: set it up before the first client");
        }
    }

    /** The broker, started where it was not. */
    public Broker broker() {
        Broker known = broker;
        if (known == null) {
            known = venue.start(
                    new Venue.Setup(options, listener, authenticator, authorizer, journal, events, tracing));
            broker = known;
        }
        return known;
    }

    /** A client of MQTT 5 that is not yet connected. */
    public Peer client(String clientId) {
        return client(clientId, ProtocolVersion.V5);
    }

    public Peer client(String clientId, ProtocolVersion version) {
        broker();
        Peer peer = new Peer(this, clientId, version);
        peers.add(peer);
        return peer;
    }

    /** A connected client of MQTT 5 with a clean start. */
    public Peer connected(String clientId) {
        return connected(clientId, ProtocolVersion.V5);
    }

    public Peer connected(String clientId, ProtocolVersion version) {
        Peer peer = client(clientId, version);
        peer.connect();
        return peer;
    }

    /** Lets virtual time pass. */
    public void advance(Duration duration) {
        transcript.line("-- " + duration + " pass");
        venue.advance(duration);
    }

    /** Lets virtual time pass all at once, as on a machine that was suspended. */
    public void leap(Duration duration) {
        transcript.line("-- a leap of " + duration);
        venue.leap(duration);
    }

    /** Lets everything happen that can happen now, where time is virtual. */
    public void settle() {
        venue.settle();
    }

    public Venue venue() {
        return venue;
    }

    Transcript transcript() {
        return transcript;
    }

    /** What the broker has counted. */
    public long counted(Counter counter) {
        venue.settle();
        return broker().counters().get(counter);
    }

    public AssertionError failure(String message) {
        return transcript.failure(message + "  [" + venue.recipe() + "]");
    }

    /** Ends the test: every connection goes, and faults inside the broker fail it. */
    @Override
    public void close() {
        peers.forEach(Peer::leave);
        venue.settle();
        List<Throwable> faults = new ArrayList<>(venue.faults());
        long counted = broker == null ? 0 : broker.counters().get(Counter.FAULTS);
        venue.close();
        if (!faults.isEmpty()) {
            AssertionError error = failure(faults.size() + " faults inside the broker, first: " + faults.getFirst());
            faults.forEach(error::addSuppressed);
            throw error;
        }
        if (counted > 0) {
            throw failure("the broker counted " + counted + " faults; its log has them");
        }
    }
}
