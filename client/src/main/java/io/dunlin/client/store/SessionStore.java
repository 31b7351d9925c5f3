package io.dunlin.client.store;

import io.dunlin.protocol.packet.Publish;
import java.util.List;

/**
 * Keeps the client's side of a session (4.1): messages that were accepted and are not finished, and the identifiers of QoS 2
 * messages that were received and not released. Used by one session, under its lock: one call at a time, from any thread.
 *
 * <p>A call that returns has kept its record as safely as the store does it at all. A call that throws {@link StoreFailed} has
 * changed nothing; {@link #unsent} and {@link #remove} do not throw because a disk fails. Calls that name an unknown or removed
 * token are ignored.
 */
public interface SessionStore extends AutoCloseable {
    /**
     * Takes the store for this client, before any other call, and gives what was kept.
     *
     * @throws StoreFailed where another process uses it, it belongs to another client identifier, or it is damaged
     */
    Recovered open(String clientId);

    /**
     * Keeps a message that was accepted and not sent. Its duplicate flag and packet identifier are not kept.
     *
     * @return names the message in later calls; at least 1, greater than those of all messages that are kept
     */
    long add(Publish message);

    /**
     * The message is about to leave for the first time, or again under another identifier.
     *
     * @param packetId 1 to 65,535
     */
    void sent(long token, int packetId);

    /** PUBREC came: from now on only PUBREL is sent for it (4.3.3). */
    void released(long token);

    /** The server lost the session: the message waits again, without an identifier. */
    void unsent(long token);

    /** The message was answered, refused or dropped. */
    void remove(long token);

    /**
     * A QoS 2 message came, before PUBREC is sent. An identifier that is known already stays.
     *
     * @param packetId 1 to 65,535
     */
    void received(int packetId);

    /** PUBREL came, before PUBCOMP is sent. */
    void receivedDone(int packetId);

    /** The server lost the session: all received identifiers are forgotten. */
    void sessionLost();

    /** Gives the store free for another process; what it keeps stays. Further calls but this one throw {@link StoreFailed}. */
    @Override
    void close();

    /**
     * What was kept.
     *
     * @param messages in the order in which they were accepted
     * @param receivedIds QoS 2 identifiers in the order in which they came
     */
    record Recovered(List<Stored> messages, int[] receivedIds) {
        /** Of a store that kept nothing. */
        public static final Recovered NOTHING = new Recovered(List.of(), new int[0]);
    }

    /**
     * One message that is not finished.
     *
     * @param message with packet identifier 0 and without the duplicate flag
     * @param packetId the identifier that it was sent under, 0 where it was not sent
     * @param released whether PUBREC came
     */
    record Stored(long token, Publish message, int packetId, boolean released) {}
}
