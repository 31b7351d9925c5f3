package io.dunlin.storage;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.Journal.Recovery;
import io.dunlin.broker.port.Journal.Snapshots;
import io.dunlin.broker.port.Journal.Visitor;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A core of queues and retained messages only: what it does it appends, and it takes back what an earlier one had. */
final class ModelCore implements Snapshots, Recovery {
    private static final int STATES_AT_ONCE = 3;

    final TreeMap<String, Queue> sessions = new TreeMap<>();
    final TreeMap<String, Message> retained = new TreeMap<>();
    int statesGiven;
    int recordsReplayed;
    private final Set<String> unchanged = new HashSet<>();
    private @Nullable FileJournal journal;
    private @Nullable Pages pages;

    /** What a session has: in memory, on pages, in memory. */
    static final class Queue {
        long asOf;
        final ArrayDeque<Long> head = new ArrayDeque<>();
        final ArrayDeque<QueuePage> pages = new ArrayDeque<>();
        final ArrayDeque<long[]> pageReferences = new ArrayDeque<>();
        final ArrayDeque<Long> tail = new ArrayDeque<>();

        List<Long> all() {
            List<Long> all = new ArrayList<>(head);
            pageReferences.forEach(page -> {
                for (long reference : page) {
                    all.add(reference);
                }
            });
            all.addAll(tail);
            return all;
        }

        private final Set<Long> known = new HashSet<>();

        /** Unless it has it, or had it. */
        void add(long reference) {
            if (known.add(reference)) {
                tail.add(reference);
            }
        }

        void know() {
            known.addAll(all());
        }

        int size() {
            return head.size()
                    + tail.size()
                    + pages.stream().mapToInt(QueuePage::messages).sum();
        }

        void load() {
            while (head.isEmpty() && !pages.isEmpty()) {
                pages.removeFirst();
                for (long reference : pageReferences.removeFirst()) {
                    head.add(reference);
                }
            }
            while (head.isEmpty() && !tail.isEmpty()) {
                head.add(tail.removeFirst());
            }
        }
    }

    void attach(FileJournal to) {
        journal = to;
    }

    private long append(JournalRecord record) {
        if (journal == null) {
            throw new IllegalStateException("no journal");
        }
        return journal.append(0, record, Durability.DISK);
    }

    static Message message(String topic, String payload) {
        return new Message(
                TopicName.of(topic),
                QoS.AT_LEAST_ONCE,
                false,
                Properties.NONE,
                payload.getBytes(StandardCharsets.UTF_8),
                "",
                Message.NEVER);
    }

    void open(String clientId) {
        append(new JournalRecord.SessionOpened(clientId, null, 3600));
        sessions.computeIfAbsent(clientId, _ -> new Queue());
        unchanged.remove(clientId);
    }

    void end(String clientId) {
        append(new JournalRecord.SessionEnded(clientId));
        sessions.remove(clientId);
        unchanged.remove(clientId);
    }

    Queue queue(String clientId) {
        Queue queue = sessions.get(clientId);
        if (queue == null) {
            throw new IllegalArgumentException("no session " + clientId);
        }
        return queue;
    }

    int size(String clientId) {
        return queue(clientId).size();
    }

    long publish(String payload, String... clients) {
        List<JournalRecord.Share> shares = new ArrayList<>();
        for (String client : clients) {
            shares.add(new JournalRecord.Share(client, QoS.AT_LEAST_ONCE, false, new int[0]));
        }
        long position = append(new JournalRecord.Published(message("t", payload), shares, 0));
        for (JournalRecord.Share share : shares) {
            queue(share.clientId()).add(Reference.of(position, share));
            unchanged.remove(share.clientId());
        }
        return position;
    }

    /** The session's oldest message was acknowledged. */
    void settle(String clientId) {
        Queue queue = queue(clientId);
        queue.load();
        if (!queue.head.isEmpty()) {
            append(new JournalRecord.Settled(clientId, Reference.position(queue.head.removeFirst())));
            unchanged.remove(clientId);
        }
    }

    /** The youngest messages of the session leave the memory. */
    void spill(String clientId) {
        Queue queue = queue(clientId);
        if (queue.tail.isEmpty()) {
            return;
        }
        long[] references = queue.tail.stream().mapToLong(Long::longValue).toArray();
        spilled(queue, append(new JournalRecord.Spilled(clientId, references)), references);
        unchanged.remove(clientId);
    }

    private static void spilled(Queue queue, long position, long[] references) {
        for (long reference : references) {
            queue.tail.remove(reference);
        }
        long first = Reference.position(references[0]);
        long last = Reference.position(references[references.length - 1]);
        queue.pages.add(new QueuePage(position, references.length, first, last));
        queue.pageReferences.add(references);
    }

    /** An empty payload removes it. */
    void retain(String topic, String payload) {
        Message message = message(topic, payload);
        append(new JournalRecord.Retained(message));
        keep(message);
    }

    private void keep(Message message) {
        if (message.payload().length == 0) {
            retained.remove(message.topic().text());
        } else {
            retained.put(message.topic().text(), message);
        }
    }

    /** All that it has, for comparing. */
    String text() {
        StringBuilder text = new StringBuilder();
        sessions.forEach(
                (clientId, queue) -> text.append(clientId).append(queue.all()).append('\n'));
        retained.forEach((topic, message) -> text.append(topic)
                .append('=')
                .append(new String(message.payload(), StandardCharsets.UTF_8))
                .append('\n'));
        return text.toString();
    }

    @Override
    public CompletionStage<Void> visit(boolean all, Visitor visitor) {
        Marks marks = visitor.marks();
        CompletableFuture<Void> done = new CompletableFuture<>();
        next(new ArrayList<>(sessions.keySet()), all, visitor, marks, done);
        return done;
    }

    private void next(List<String> left, boolean all, Visitor visitor, Marks marks, CompletableFuture<Void> done) {
        List<SessionState> states = new ArrayList<>();
        while (!left.isEmpty() && states.size() < STATES_AT_ONCE) {
            String clientId = left.removeFirst();
            Queue queue = sessions.get(clientId);
            if (queue != null) {
                queue.head.forEach(reference -> marks.message(Reference.position(reference)));
                queue.pages.forEach(marks::page);
                queue.tail.forEach(reference -> marks.message(Reference.position(reference)));
                if (unchanged.add(clientId) || all) {
                    states.add(state(clientId, queue));
                }
            }
        }
        statesGiven += states.size();
        if (states.isEmpty()) {
            done.complete(null);
            return;
        }
        visitor.changed(states).whenComplete((taken, failure) -> {
            if (failure == null) {
                next(left, all, visitor, marks, done);
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    private SessionState state(String clientId, Queue queue) {
        return new SessionState(
                clientId,
                null,
                3600,
                0,
                List.of(),
                List.of(),
                queue.head.stream().mapToLong(Long::longValue).toArray(),
                List.copyOf(queue.pages),
                queue.tail.stream().mapToLong(Long::longValue).toArray(),
                0,
                new int[0],
                null,
                journal == null ? 0 : journal.end());
    }

    @Override
    public void retained(Consumer<Message> each) {
        retained.values().forEach(each);
    }

    @Override
    public void pages(Pages reader, long checkpointPosition) {
        pages = reader;
    }

    @Override
    public void session(SessionState state) {
        Queue queue = new Queue();
        queue.asOf = state.asOf();
        for (long reference : state.head()) {
            queue.head.add(reference);
        }
        for (QueuePage page : state.pages()) {
            queue.pages.add(page);
            queue.pageReferences.add(page(page.position()));
        }
        for (long reference : state.tail()) {
            queue.tail.add(reference);
        }
        queue.know();
        if (sessions.put(state.clientId(), queue) != null) {
            throw new AssertionError(state.clientId() + " came twice");
        }
    }

    private long[] page(long position) {
        if (pages == null) {
            throw new AssertionError("pages() comes first");
        }
        return pages.read(position);
    }

    @Override
    public void retained(Message message) {
        if (retained.put(message.topic().text(), message) != null) {
            throw new AssertionError(message.topic() + " came twice");
        }
    }

    @Override
    public void record(long position, JournalRecord record) {
        recordsReplayed++;
        switch (record) {
            case JournalRecord.SessionOpened opened -> sessions.computeIfAbsent(opened.clientId(), _ -> new Queue());
            case JournalRecord.SessionEnded ended -> sessions.remove(ended.clientId());
            case JournalRecord.Published published -> {
                for (JournalRecord.Share share : published.shares()) {
                    Queue queue = sessions.get(share.clientId());
                    if (queue != null) {
                        queue.add(Reference.of(position, share));
                    }
                }
            }
            case JournalRecord.Settled settled -> settled(position, settled);
            case JournalRecord.Spilled spilled -> {
                Queue queue = sessions.get(spilled.clientId());
                if (queue != null && position >= queue.asOf) {
                    spilled(queue, position, spilled.references());
                }
            }
            case JournalRecord.Retained kept -> keep(kept.message());
            default -> throw new AssertionError("not of this core: " + record);
        }
    }

    private void settled(long recordPosition, JournalRecord.Settled settled) {
        Queue queue = sessions.get(settled.clientId());
        if (queue == null) {
            return;
        }
        if (recordPosition >= queue.asOf) {
            queue.load();
        }
        queue.head.removeIf(reference -> Reference.position(reference) == settled.position());
        queue.tail.removeIf(reference -> Reference.position(reference) == settled.position());
    }
}
