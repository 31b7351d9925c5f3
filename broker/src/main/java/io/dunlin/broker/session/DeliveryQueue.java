package io.dunlin.broker.session;

import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one client, oldest first: messages in memory, then references to the journal, of which all but the ends are in
 * pages in the journal themselves. So the memory of a queue does not grow with its length: at most {@value #READY_MAX} messages
 * while the client is connected and none of the journal's while it is not, three pages of references at eight bytes, and one
 * object for each {@value #PAGE_REFERENCES} references beyond. Messages that the journal does not have stay in memory. Thread:
 * the shard.
 */
final class DeliveryQueue {
    static final int PAGE_REFERENCES = 256;

    private static final int READY_MAX = 256;
    private static final int READ_AT_ONCE = 128;
    private static final long[] NONE = {};

    private final Session session;
    private final ArrayDeque<Delivery> ready = new ArrayDeque<>();
    private long[] reading = NONE; // these come next, when the journal has read them
    private final LongQueue head = new LongQueue();
    private @Nullable QueuePage opening; // its references are about to become the head, which is empty meanwhile
    private final ArrayDeque<QueuePage> pages = new ArrayDeque<>();
    private final LongQueue tail = new LongQueue();
    private final Ages ages = new Ages();
    private int generation; // answers for an earlier one are void
    private int size;
    private long bytes;

    DeliveryQueue(Session session) {
        this.session = session;
    }

    int size() {
        return size;
    }

    /** The weight of all that waits; for what was not read since the start, as it was then. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Delivery delivery) {
        size++;
        ages.add(session.shard().tickNanos());
        bytes += delivery.weight;
        backlog(1, delivery.weight);
        boolean inMemory = delivery.isStored()
                ? session.isConnected()
                        && !hasReferences()
                        && (ready.size() < READY_MAX || delivery.group != null)
                        && !session.context().core().isOverloaded()
                : !hasReferences();
        if (inMemory) {
            ready.add(delivery);
            session.shard().backlog().inMemory(delivery.weight);
        } else {
            refer(delivery.isStored() ? delivery.reference : session.outgoing().journal(delivery));
        }
    }

    private boolean hasReferences() {
        return reading.length > 0 || !head.isEmpty() || opening != null || !pages.isEmpty() || !tail.isEmpty();
    }

    private void refer(long reference) {
        tail.addLast(reference);
        if (tail.size() >= 2 * PAGE_REFERENCES) {
            pages.add(spill(tail.removeFirst(PAGE_REFERENCES)));
        }
    }

    private QueuePage spill(long[] references) {
        long first = Long.MAX_VALUE;
        long last = 0;
        for (long reference : references) {
            first = Math.min(first, Reference.position(reference));
            last = Math.max(last, Reference.position(reference));
        }
        long position = session.append(new JournalRecord.Spilled(session.clientId(), references), Durability.MEMORY);
        return new QueuePage(position, references.length, first, last);
    }

    /** The oldest, where it is in memory: the one that {@link #poll} takes out next. */
    @Nullable
    Delivery peek() {
        return ready.peek();
    }

    /** Takes the oldest out; null where none is in memory at this moment: {@link Outgoing#pump} is called when one is. */
    @Nullable
    Delivery poll() {
        Delivery next = ready.poll();
        if (next != null) {
            session.shard().backlog().waited(session.shard().tickNanos() - ages.oldestNanos());
            session.shard().backlog().inMemory(-next.weight);
            gone(next.weight);
        }
        if (ready.size() < READ_AT_ONCE / 2 && session.isConnected()) {
            read();
        }
        return next;
    }

    /** Takes the oldest out for good, in memory or not; false where that cannot be done at this moment. */
    boolean dropOldest(LongConsumer settled) {
        Delivery oldest = ready.poll();
        if (oldest != null) {
            session.shard().backlog().inMemory(-oldest.weight);
            gone(oldest.weight);
            session.shard().recorder().lost(Happening.QUEUE_FULL, session.clientId(), oldest.message());
            if (oldest.isStored()) {
                settled.accept(oldest.position());
            }
            return true;
        }
        if (reading.length > 0 || opening != null) {
            return false;
        }
        if (head.isEmpty() && !pages.isEmpty()) {
            openPage();
            return false;
        }
        LongQueue from = head.isEmpty() ? tail : head;
        if (from.isEmpty()) {
            return false;
        }
        gone(bytes / size);
        session.shard().recorder().note(Happening.QUEUE_FULL, session.clientId(), "", "");
        settled.accept(Reference.position(from.removeFirst()));
        return true;
    }

    /** Takes out those in memory that the test, which may send them elsewhere, says so of. */
    void removeReadyIf(Predicate<Delivery> test) {
        AtomicBoolean olderStay = new AtomicBoolean();
        ready.removeIf(delivery -> {
            if (!test.test(delivery)) {
                olderStay.set(true);
                return false;
            }
            session.shard().backlog().inMemory(-delivery.weight);
            if (olderStay.get()) {
                ages.removeOther();
            } else {
                ages.removeOldest();
            }
            less(delivery.weight);
            return true;
        });
    }

    /** The client is away: what the journal has leaves the memory. */
    void park() {
        generation++;
        head.addAllFirst(reading);
        reading = NONE;
        QueuePage unopened = opening;
        if (unopened != null) {
            opening = null;
            pages.addFirst(unopened);
        }
        while (!ready.isEmpty() && ready.getLast().isStored()) {
            Delivery youngest = ready.removeLast();
            session.shard().backlog().inMemory(-youngest.weight);
            head.addFirst(youngest.reference);
        }
    }

    /** The session is over: nothing waits any more. */
    void end() {
        generation++;
        ready.forEach(delivery -> session.shard().backlog().inMemory(-delivery.weight));
        backlog(-size, -bytes);
        ready.clear();
        size = 0;
        bytes = 0;
    }

    // ---- the journal

    private void read() {
        if (reading.length > 0 || opening != null) {
            return;
        }
        if (head.isEmpty() && !pages.isEmpty()) {
            openPage();
            return;
        }
        boolean isTight = session.context().core().isOverloaded();
        if (isTight && !ready.isEmpty()) {
            return;
        }
        long[] next = (head.isEmpty() ? tail : head).removeFirst(isTight ? 1 : READ_AT_ONCE);
        if (next.length == 0) {
            return;
        }
        reading = next;
        int asked = generation;
        session.shard()
                .journal()
                .read(
                        session.clientId(),
                        next,
                        session.shard().executor(),
                        loaded -> session.shard().guarded("messages read for " + session, () -> {
                            if (asked == generation) {
                                take(next, loaded);
                            }
                        }));
    }

    private void take(long[] references, List<@Nullable Loaded> loaded) {
        reading = NONE;
        head.addAllFirst(Arrays.copyOfRange(references, loaded.size(), references.length));
        for (int i = 0; i < loaded.size(); i++) {
            Loaded each = loaded.get(i);
            if (each == null) {
                session.context().counters().increment(Counter.DROPPED_UNREADABLE);
                gone(bytes / size);
                continue;
            }
            Delivery delivery = Delivery.of(references[i], each);
            session.shard().backlog().inMemory(delivery.weight);
            ready.add(delivery);
        }
        session.outgoing().pump();
    }

    private void openPage() {
        QueuePage page = pages.remove();
        opening = page;
        int asked = generation;
        session.shard()
                .journal()
                .readPage(
                        page.position(),
                        session.shard().executor(),
                        references -> session.shard().guarded("a page read for " + session, () -> {
                            if (asked == generation) {
                                opened(page, references);
                            }
                        }));
    }

    private void opened(QueuePage page, long[] references) {
        opening = null;
        head.addAllLast(references);
        for (int lost = references.length; lost < page.messages(); lost++) {
            session.context().counters().increment(Counter.DROPPED_UNREADABLE);
            gone(bytes / size);
        }
        session.outgoing().pump();
    }

    // ---- administrators

    /** Gives some of what waits, oldest first. */
    void show(int skip, int max, Glimpse glimpse) {
        Span span = new Span(skip, max);
        int from = span.next(ready.size());
        int index = 0;
        for (Delivery delivery : ready) {
            if (index >= from && index < span.end) {
                glimpse.add(delivery, WaitingMessage.State.QUEUED, 0);
            }
            index++;
        }
        from = span.next(reading.length);
        for (int i = from; i < span.end; i++) {
            glimpse.add(reading[i]);
        }
        show(head, span, glimpse);
        for (QueuePage page : pages()) {
            from = span.next(page.messages());
            if (from < span.end) {
                glimpse.add(page, from, span.end);
            }
        }
        show(tail, span, glimpse);
    }

    private static void show(LongQueue references, Span span, Glimpse glimpse) {
        for (int i = span.next(references.size()); i < span.end; i++) {
            glimpse.add(references.get(i));
        }
    }

    /** Which part of each of several pieces in a row is wanted. */
    private static final class Span {
        private int skip;
        private int left;
        private int end; // of the wanted part of the piece

        Span(int skip, int max) {
            this.skip = skip;
            this.left = max;
        }

        /** The beginning of the wanted part of the next piece, which is as long as that. */
        int next(int length) {
            int from = Math.min(skip, length);
            end = (int) Math.min((long) from + left, length);
            skip -= from;
            left -= end - from;
            return from;
        }
    }

    /** How many of those in memory are of this topic. */
    int waiting(TopicName topic) {
        int count = 0;
        for (Delivery delivery : ready) {
            count += delivery.message().topic().equals(topic) ? 1 : 0;
        }
        return count;
    }

    /** How long the oldest waits, 0 where none does; roughly, see {@link Ages}. Thread: any, for what was a moment ago. */
    long oldestNanos(long nowNanos) {
        return size == 0 ? 0 : Math.max(0, nowNanos - ages.oldestNanos());
    }

    /** How many are not in memory, so that nobody knows what they are. */
    int notInMemory() {
        return size - ready.size();
    }

    // ---- checkpoints

    /** Notes all that it refers to. */
    void mark(Journal.Marks marks) {
        for (Delivery delivery : ready) {
            if (delivery.isStored()) {
                marks.message(delivery.position());
            }
        }
        mark(marks, reading);
        for (int i = 0; i < head.size(); i++) {
            marks.message(Reference.position(head.get(i)));
        }
        if (opening != null) {
            marks.page(opening);
        }
        pages.forEach(marks::page);
        for (int i = 0; i < tail.size(); i++) {
            marks.message(Reference.position(tail.get(i)));
        }
    }

    private static void mark(Journal.Marks marks, long[] references) {
        for (long reference : references) {
            marks.message(Reference.position(reference));
        }
    }

    /** The references before the pages, as a {@link io.dunlin.broker.port.SessionState} has them. */
    long[] headReferences() {
        LongQueue all = new LongQueue();
        for (Delivery delivery : ready) {
            if (delivery.isStored()) {
                all.addLast(delivery.reference);
            }
        }
        all.addAllLast(reading);
        all.addAllLast(head.toArray());
        return all.toArray();
    }

    List<QueuePage> pages() {
        ArrayDeque<QueuePage> all = new ArrayDeque<>(pages);
        if (opening != null) {
            all.addFirst(opening);
        }
        return List.copyOf(all);
    }

    long[] tailReferences() {
        return tail.toArray();
    }

    /** Takes in what an earlier run left; once, while it is empty. */
    void restore(long[] first, List<QueuePage> middle, long[] last, long weight) {
        head.addAllLast(first);
        pages.addAll(middle);
        int count = first.length + last.length;
        for (QueuePage page : middle) {
            count += page.messages();
        }
        size = count;
        bytes = count == 0 ? 0 : weight;
        ages.restore(count, session.shard().nanos());
        backlog(size, bytes);
        for (long reference : last) {
            refer(reference);
        }
    }

    private void gone(long weight) {
        ages.removeOldest();
        less(weight);
    }

    private void less(long weight) {
        size--;
        long less = size == 0 ? bytes : Math.min(weight, bytes);
        bytes -= less;
        backlog(-1, -less);
    }

    private void backlog(int messages, long weight) {
        session.shard().backlog().waiting(messages, weight);
    }
}
