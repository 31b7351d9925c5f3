package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.World;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Whoever listens to connections hears whole packets in order, of the clients that he asked for, and nothing before or after. */
class WiretapTest {
    /** Listens to one client, or one user. */
    private static final class Ear implements Wiretap {
        private final Predicate<Tapped> wanted;
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private boolean room = true;

        Ear(String client) {
            this(connection -> connection.clientId().equals(client));
        }

        Ear(Predicate<Tapped> wanted) {
            this.wanted = wanted;
        }

        @Override
        public Interest interest(Tapped connection) {
            return wanted.test(connection) ? Interest.YES : Interest.ONCE_KNOWN;
        }

        @Override
        public boolean hasRoom(int bytes) {
            return room;
        }

        @Override
        public void missed(Tapped connection, int bytes) {
            heard.add("missed");
        }

        @Override
        public void packets(Tapped connection, boolean in, long nanos, byte[] packets) {
            ByteBuffer bytes = ByteBuffer.wrap(packets);
            while (bytes.hasRemaining()) {
                PacketDecoder decoder = new PacketDecoder(
                        in ? PacketDecoder.Role.SERVER : PacketDecoder.Role.CLIENT, 1 << 20, new TopicCache(64));
                decoder.version(connection.version());
                Packet packet = Objects.requireNonNull(decoder.decode(bytes), "a whole packet");
                String text = packet instanceof Publish publish ? " " + Peer.text(publish) : "";
                heard.add((in ? "> " : "< ") + packet.getClass().getSimpleName() + text);
            }
        }

        @Override
        public void broken(Tapped connection, long nanos, byte[] rest, ProtocolError error) {
            heard.add("! " + rest.length + " " + error.getMessage());
        }

        @Override
        public void ended(Tapped connection, long nanos) {
            heard.add("end");
        }
    }

    private static void tap(World world, Wiretap ear) {
        var done = world.broker().tap(ear).toCompletableFuture();
        world.settle();
        done.join();
    }

    private static void untap(World world, Wiretap ear) {
        var done = world.broker().untap(ear).toCompletableFuture();
        world.settle();
        done.join();
    }

    @Conversation(Conversation.Places.EVERYWHERE)
    void hearsAClientFromItsConnectOn(World world) {
        Ear ear = new Ear("heard");
        tap(world, ear);
        Peer other = world.connected("other");
        other.subscribe("t", 1);
        Peer client = world.client("heard");
        client.connect(it -> it.persistent());
        client.subscribe("t", 1);
        client.publish("t", "x", 1);
        client.receive("t", "x");
        client.ping();
        client.disconnect();
        other.receive("t", "x");
        other.pingUntil(() -> ear.heard.contains("end"), "the end of the connection");
        assertThat(ear.heard)
                .startsWith("> Connect", "< Connack", "> Subscribe", "< Suback", "> Publish x")
                .contains("< Puback", "< Publish x", "> Puback")
                .endsWith("> Pingreq", "< Pingresp", "> Disconnect", "end");
    }

    @Conversation
    void hearsAConnectionFromTheMiddleAndNoLongerThanItListens(World world) {
        Peer client = world.connected("heard");
        client.subscribe("t", 0);
        Ear ear = new Ear("heard");
        tap(world, ear);
        client.publish("t", "while", 0);
        client.receive("t", "while");
        client.ping();
        untap(world, ear);
        client.publish("t", "after", 0);
        client.receive("t", "after");
        client.ping();
        assertThat(ear.heard).containsExactly("> Publish while", "< Publish while", "> Pingreq", "< Pingresp");
    }

    @Conversation
    void hearsOnceWhereItBeginsWhileTheClientComes(World world) {
        Ear ear = new Ear("heard");
        var done = world.broker().tap(ear).toCompletableFuture();
        Peer client = world.connected("heard");
        done.join();
        client.ping();
        assertThat(ear.heard).containsExactly("> Connect", "< Connack", "> Pingreq", "< Pingresp");
        untap(world, ear);
        tap(world, ear);
        client.ping();
        assertThat(ear.heard.subList(4, ear.heard.size())).containsExactly("> Pingreq", "< Pingresp");
    }

    @Conversation
    void hearsOfAUserWhatTheLoginSaysAndElseItsConnect(World world) {
        world.with(new ScriptedAuthenticator(it -> new Authenticator.Outcome.Accepted(
                new Principal(it.clientId(), it.clientId().equals("other") ? "bob" : null), null)));
        Ear ear = new Ear(connection -> "ann".equals(connection.username()));
        tap(world, ear);
        Peer nobody = world.client("nobody");
        nobody.connect(it -> it.credentials("ann", "x"));
        assertThat(ear.heard).containsExactly("> Connect", "< Connack");
        Peer other = world.client("other");
        other.connect(it -> it.credentials("ann", "x"));
        other.ping();
        assertThat(ear.heard).containsExactly("> Connect", "< Connack", "> Connect");
    }

    @Conversation(Conversation.Places.MEMORY)
    void knowsTheVersionOfALoginThatIsUnderWay(World world) {
        ScriptedAuthenticator logins =
                ScriptedAuthenticator.only("ann", "right").hold();
        world.with(logins);
        Peer client = world.client("c");
        client.sendConnect(it -> it.credentials("ann", "wrong"));
        world.settle();
        List<ProtocolVersion> versions = new CopyOnWriteArrayList<>();
        Ear ear = new Ear(connection -> versions.add(connection.version()));
        tap(world, ear);
        logins.answer();
        world.settle();
        assertThat(ear.heard).first().isEqualTo("< Connack");
        assertThat(versions).isNotEmpty().containsOnly(ProtocolVersion.V5);
    }

    @Conversation
    void isToldHowMuchItMissesWhereItHasNoRoom(World world) {
        Ear ear = new Ear("heard");
        tap(world, ear);
        Peer client = world.connected("heard");
        ear.room = false;
        client.ping();
        ear.room = true;
        client.ping();
        assertThat(ear.heard).containsExactly("> Connect", "< Connack", "missed", "missed", "> Pingreq", "< Pingresp");
    }

    @Conversation
    void hearsLargePayloadsAndFanOuts(World world) {
        Ear ear = new Ear("heard");
        tap(world, ear);
        Peer client = world.connected("heard");
        client.subscribe("t", 0);
        for (int i = 0; i < 20; i++) {
            world.connected("other-" + i).subscribe("t", 0);
        }
        Peer sender = world.connected("sender");
        String large = "x".repeat(40_000);
        sender.send(Pub.of("t", large));
        sender.send(Pub.of("t", "1"));
        sender.send(Pub.of("t", "2"));
        client.receive("t", large);
        client.receive("t", "1");
        client.receive("t", "2");
        client.ping();
        assertThat(ear.heard.subList(4, ear.heard.size()))
                .containsExactly("< Publish " + large, "< Publish 1", "< Publish 2", "> Pingreq", "< Pingresp");
    }

    @Conversation
    void hearsWhatBreaksTheProtocol(World world) {
        Ear ear = new Ear("heard");
        tap(world, ear);
        Peer client = world.connected("heard");
        client.sendHex("82 05 00 00 00 01 61"); // SUBSCRIBE with packet identifier 0
        client.awaitEnd();
        assertThat(ear.heard)
                .contains("! 7 a packet identifier is never 0")
                .element(3)
                .isEqualTo("< Disconnect");
    }
}
