package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.session.WaitingMessage.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads a few messages of one session for administrators, in their order: those in memory at once, the others out of the journal. The
 * session goes on meanwhile: one that is gone by then is left out. Thread: the session's shard.
 */
final class Glimpse {
    private static final int READ_AT_ONCE = 32;

    private final Session session;
    private final int payloadMax;
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();
    private final List<WaitingMessage> found = new ArrayList<>();
    private final CompletableFuture<List<WaitingMessage>> done = new CompletableFuture<>();

    Glimpse(Session session, int payloadMax) {
        this.session = session;
        this.payloadMax = payloadMax;
    }

    private sealed interface Slot {}

    private record InMemory(WaitingMessage message) implements Slot {}

    private record Stored(long reference, State state, int packetId) implements Slot {}

    private record Page(QueuePage page, int from, int to) implements Slot {}

    void add(Delivery delivery, State state, int packetId) {
        if (delivery.isLoaded()) {
            slots.add(new InMemory(WaitingMessage.of(
                    state,
                    packetId,
                    delivery.message(),
                    delivery.qos,
                    delivery.retain,
                    payloadMax,
                    session.shard().nanos())));
        } else {
            slots.add(new Stored(delivery.reference, state, packetId));
        }
    }

    void add(long reference) {
        slots.add(new Stored(reference, State.QUEUED, 0));
    }

    /** @param from to: which of its references */
    void add(QueuePage page, int from, int to) {
        slots.add(new Page(page, from, to));
    }

    /** All that was added; done on the shard. */
    CompletableFuture<List<WaitingMessage>> read() {
        next();
        return done;
    }

    private void next() {
        try {
            while (!slots.isEmpty()) {
                switch (slots.element()) {
                    case InMemory known -> {
                        slots.remove();
                        found.add(known.message());
                    }
                    case Page page -> {
                        slots.remove();
                        read(page);
                        return;
                    }
                    case Stored _ -> {
                        readStored();
                        return;
                    }
                }
            }
            done.complete(found);
        } catch (RuntimeException | Error fault) {
            done.completeExceptionally(fault);
        }
    }

    private void read(Page page) {
        session.shard()
                .journal()
                .readPage(
                        page.page().position(),
                        session.shard().executor(),
                        references -> guarded(() -> {
                            for (int i = Math.min(page.to(), references.length) - 1; i >= page.from(); i--) {
                                slots.addFirst(new Stored(references[i], State.QUEUED, 0));
                            }
                        }));
    }

    private void readStored() {
        List<Stored> wanted = new ArrayList<>();
        for (Slot slot : slots) {
            if (!(slot instanceof Stored stored) || wanted.size() == READ_AT_ONCE) {
                break;
            }
            wanted.add(stored);
        }
        long[] references = wanted.stream().mapToLong(Stored::reference).toArray();
        session.shard()
                .journal()
                .read(
                        session.clientId(),
                        references,
                        session.shard().executor(),
                        loaded -> guarded(() -> take(wanted, loaded)));
    }

    private void take(List<Stored> wanted, List<@Nullable Loaded> loaded) {
        for (int i = 0; i < loaded.size(); i++) {
            slots.remove();
            Loaded each = loaded.get(i);
            Stored stored = wanted.get(i);
            if (each != null) {
                found.add(WaitingMessage.of(
                        stored.state(),
                        stored.packetId(),
                        each.message(),
                        Reference.qos(stored.reference()),
                        each.retain(),
                        payloadMax,
                        session.shard().nanos()));
            }
        }
    }

    private void guarded(Runnable step) {
        session.shard().guarded("messages read for administrators", () -> {
            try {
                step.run();
            } catch (RuntimeException | Error fault) {
                done.completeExceptionally(fault);
                return;
            }
            next();
        });
    }
}
