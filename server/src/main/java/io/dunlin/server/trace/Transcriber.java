package io.dunlin.server.trace;

import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.trace.TraceRun.Piece;
import io.dunlin.server.trace.TracedPacket.Kind;
import io.dunlin.server.trace.TracedPacket.Problem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes packets of bytes, with the topics of aliases, without secrets, and without those that are not wanted. One thread. */
final class Transcriber {
    private static final int TOPICS = 1024;
    private static final byte[] NO_BYTES = {};
    // of memory, about
    private static final int MEMORY_BYTES = 300;
    private static final int ALIAS_BYTES = 100; // besides the topic
    private static final int ID_BYTES = 60;

    private final Selection selection;
    private final TopicCache topics = new TopicCache(TOPICS);
    private final Map<Long, Memory> memories = new HashMap<>(); // by connection, of those that have given cause
    private long number;
    private long weight; // of the memories

    Transcriber(Selection selection) {
        this.selection = selection;
    }

    /** What is remembered of one connection: of what came in and of what went out. */
    private static final class Memory {
        static final Memory NONE = new Memory(); // nothing is written there

        final Map<Long, String> aliasesIn = new HashMap<>();
        final Map<Long, String> aliasesOut = new HashMap<>();
        final Set<Integer> idsIn = new HashSet<>(); // of messages that were wanted
        final Set<Integer> idsOut = new HashSet<>();

        long weight() {
            return MEMORY_BYTES
                    + weight(aliasesIn)
                    + weight(aliasesOut)
                    + (long) ID_BYTES * (idsIn.size() + idsOut.size());
        }

        private static long weight(Map<Long, String> aliases) {
            return aliases.values().stream()
                    .mapToLong(topic -> ALIAS_BYTES + topic.length())
                    .sum();
        }
    }

    /** Bytes of memory, about, of what has to be remembered of connections: their topic aliases, and which messages were wanted. */
    long weight() {
        return weight;
    }

    private Memory memory(Piece piece) {
        return memories.getOrDefault(piece.who().number(), Memory.NONE);
    }

    private Memory memoryToWrite(Piece piece) {
        return memories.computeIfAbsent(piece.who().number(), _ -> {
            weight += MEMORY_BYTES;
            return new Memory();
        });
    }

    /** Nothing will be transcribed any more. */
    void forget() {
        memories.clear();
        weight = 0;
    }

    List<TracedPacket> packets(Piece piece, long wallNanos) {
        List<TracedPacket> found = new ArrayList<>();
        switch (piece.kind()) {
            case PACKETS -> read(piece, wallNanos, found);
            case BROKEN -> {
                if (selection.topic().isEmpty()) {
                    piece.error().ifPresent(error -> found.add(broken(piece, error, wallNanos)));
                }
            }
            case ENDED -> {
                Memory forgotten = memories.remove(piece.who().number());
                weight -= forgotten == null ? 0 : forgotten.weight();
                if (selection.topic().isEmpty()) {
                    found.add(mark(piece, wallNanos, Kind.CLOSED, NO_BYTES, Optional.empty()));
                }
            }
        }
        return found;
    }

    private TracedPacket broken(Piece piece, ProtocolError error, long wallNanos) {
        ProtocolVersion version = piece.who().version();
        String message = String.valueOf(error.getMessage());
        Problem problem = new Problem(error.reason().text(), message, Clauses.of(message, version, piece.bytes()));
        byte[] shown = Masking.ofUnreadable(piece.bytes(), true, version);
        return mark(piece, wallNanos, Kind.ERROR, shown, Optional.of(problem));
    }

    private TracedPacket mark(Piece piece, long wallNanos, Kind kind, byte[] bytes, Optional<Problem> problem) {
        Tapped who = piece.who();
        return new TracedPacket(
                ++number, wallNanos, who, who.version(), piece.in(), kind, kind.name(), "", bytes, problem);
    }

    private void read(Piece piece, long wallNanos, List<TracedPacket> found) {
        ByteBuffer bytes = ByteBuffer.wrap(piece.bytes());
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            PacketDecoder decoder = TracedPacket.decoder(piece.in(), piece.who().version(), topics);
            Packet packet = decoded(decoder, bytes);
            if (bytes.position() == start) { // where nothing can be taken, nothing after it can
                bytes.position(bytes.limit());
            }
            byte[] its = Arrays.copyOfRange(piece.bytes(), start, bytes.position());
            if (packet != null) {
                add(found, piece, wallNanos, decoder.version(), packet, its);
            } else if (selection.topic().isEmpty()) {
                byte[] shown = Masking.ofUnreadable(its, piece.in(), piece.who().version());
                found.add(mark(piece, wallNanos, Kind.UNREADABLE, shown, Optional.empty()));
            }
        }
    }

    /** Null where it cannot be read; that of a client has been told as such already. */
    private static @Nullable Packet decoded(PacketDecoder decoder, ByteBuffer bytes) {
        try {
            return decoder.decode(bytes);
        } catch (ProtocolError e) {
            return null;
        }
    }

    private void add(
            List<TracedPacket> found,
            Piece piece,
            long wallNanos,
            ProtocolVersion version,
            Packet packet,
            byte[] bytes) {
        String topic = packet instanceof Publish publish ? topic(piece, publish) : "";
        if (selection.topic().isPresent() && !concerns(selection.topic().get(), piece, packet, topic)) {
            return;
        }
        byte[] kept = Masking.of(packet)
                .map(masked -> PacketEncoder.encode(masked, version))
                .orElse(bytes);
        found.add(new TracedPacket(
                ++number,
                wallNanos,
                piece.who(),
                version,
                piece.in(),
                Kind.PACKET,
                PacketText.type(packet),
                topic,
                kept,
                Optional.empty()));
    }

    private String topic(Piece piece, Publish publish) {
        long alias = publish.properties().number(Property.TOPIC_ALIAS, 0);
        String topic = publish.topic().text();
        if (alias == 0) {
            return topic;
        }
        if (!topic.isEmpty()) {
            String before = aliases(memoryToWrite(piece), piece).put(alias, topic);
            weight += topic.length() - (before == null ? -ALIAS_BYTES : before.length());
            return topic;
        }
        return aliases(memory(piece), piece).getOrDefault(alias, "");
    }

    private static Map<Long, String> aliases(Memory memory, Piece piece) {
        return piece.in() ? memory.aliasesIn : memory.aliasesOut;
    }

    // ---- by topic

    private boolean concerns(TopicFilter filter, Piece piece, Packet packet, String topic) {
        Memory memory = memory(piece);
        Set<Integer> same = piece.in() ? memory.idsIn : memory.idsOut;
        Set<Integer> answered = piece.in() ? memory.idsOut : memory.idsIn;
        return switch (packet) {
            case Publish it -> {
                boolean matches = matches(filter, topic);
                if (it.qos() != QoS.AT_MOST_ONCE && matches) {
                    Memory kept = memoryToWrite(piece);
                    weight += (piece.in() ? kept.idsIn : kept.idsOut).add(it.packetId()) ? ID_BYTES : 0;
                } else if (it.qos() != QoS.AT_MOST_ONCE) {
                    forget(same, it.packetId());
                }
                yield matches;
            }
            case Puback it -> forget(answered, it.packetId());
            case Pubrec it -> answered.contains(it.packetId());
            case Pubrel it -> same.contains(it.packetId());
            case Pubcomp it -> forget(answered, it.packetId());
            case Subscribe it ->
                it.subscriptions().stream().map(SubscriptionRequest::filter).anyMatch(other -> concerns(filter, other));
            case Unsubscribe it -> it.filters().stream().anyMatch(other -> concerns(filter, other));
            case Connect _, Connack _, Suback _, Unsuback _, Pingreq _, Pingresp _, Disconnect _, Auth _ -> false;
        };
    }

    private boolean forget(Set<Integer> ids, int packetId) {
        boolean known = ids.remove(packetId);
        weight -= known ? ID_BYTES : 0;
        return known;
    }

    private static boolean matches(TopicFilter filter, String topic) {
        try {
            return filter.matches(TopicName.of(topic));
        } catch (InvalidTopic e) {
            return false;
        }
    }

    /** Whether there can be a topic that both match. */
    private static boolean concerns(TopicFilter filter, String other) {
        try {
            return meet(filter.levels(), TopicFilter.of(other).levels());
        } catch (InvalidTopic e) {
            return false;
        }
    }

    private static boolean meet(String[] one, String[] other) {
        for (int i = 0; i < one.length && i < other.length; i++) {
            if (one[i].equals("#") || other[i].equals("#")) {
                return true;
            }
            if (!one[i].equals(other[i]) && !one[i].equals("+") && !other[i].equals("+")) {
                return false;
            }
        }
        String[] longer = one.length > other.length ? one : other;
        int ended = Math.min(one.length, other.length);
        return longer.length == ended || longer[ended].equals("#"); // a/# matches a, too
    }
}
