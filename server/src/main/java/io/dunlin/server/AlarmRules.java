package io.dunlin.server;

import io.dunlin.broker.port.Journal;
import io.dunlin.server.Alarms.Finding;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What raises an alarm. Thread: one. */
final class AlarmRules implements Supplier<Map<String, Finding>> {
    private static final double DISK_RAISED = 0.05;
    private static final double DISK_CLEARED = 0.07;
    private static final double HEAP_RAISED = 0.92;
    private static final int LOOKS_IN_A_ROW = 6; // a minute: garbage goes sooner
    private static final int QUIET_LOOKS = 30;
    private static final long CERTIFICATE_DAYS = 14;
    static final String WARNING = "warning";
    static final String CRITICAL = "critical";
    private static final String DISK = "disk";
    private static final String MEMORY = "memory";
    private static final String STORE = "store";
    private static final String QUEUE_AGE = "queue-age";

    /** The alarms that every broker can raise; those of certificates and back ends are named after them. */
    static final List<String> NAMES = List.of(DISK, MEMORY, STORE, QUEUE_AGE);

    private final Supplier<Optional<Measures.Space>> disk;
    private final Supplier<double[]> heap;
    private final Supplier<Journal.Condition> condition;
    private final Supplier<Map<String, Long>> security;
    private final Supplier<Optional<Measures.Waiting>> waiting;
    private final Supplier<Duration> queueAge;
    private boolean diskIsLow;
    private int heapLooks;
    private int behindLooks;
    private Map<String, Long> before = Map.of();
    private final Map<String, Integer> failing = new HashMap<>(); // looks until it is forgotten, by source

    /**
     * @param heap used and most
     * @param security figures by name, as {@code dunlin security} shows them
     * @param waiting the message that waits longest; asked only where that matters
     * @param queueAge how long one may wait, 0 for any time
     */
    AlarmRules(
            Supplier<Optional<Measures.Space>> disk,
            Supplier<double[]> heap,
            Supplier<Journal.Condition> condition,
            Supplier<Map<String, Long>> security,
            Supplier<Optional<Measures.Waiting>> waiting,
            Supplier<Duration> queueAge) {
        this.disk = disk;
        this.heap = heap;
        this.condition = condition;
        this.security = security;
        this.waiting = waiting;
        this.queueAge = queueAge;
    }

    static AlarmRules of(Measures measures, Supplier<Duration> queueAge) {
        Runtime runtime = Runtime.getRuntime();
        return new AlarmRules(
                measures::disk,
                () -> new double[] {runtime.totalMemory() - runtime.freeMemory(), runtime.maxMemory()},
                measures::condition,
                measures::security,
                measures::longestWaiting,
                queueAge);
    }

    @Override
    public Map<String, Finding> get() {
        Map<String, Finding> all = new LinkedHashMap<>();
        disk(all);
        heap(all);
        store(all);
        queues(all);
        Map<String, Long> figures = security.get();
        certificates(figures, all);
        backEnds(figures, all);
        before = Map.copyOf(figures);
        return all;
    }

    private void disk(Map<String, Finding> all) {
        Optional<Measures.Space> space = disk.get();
        if (space.isEmpty() || space.get().total() <= 0) {
            return;
        }
        double free = (double) space.get().free() / space.get().total();
        diskIsLow = free < (diskIsLow ? DISK_CLEARED : DISK_RAISED);
        if (diskIsLow) {
            all.put(
                    DISK,
                    new Finding(
                            CRITICAL,
                            "the file system of the data folder has " + Math.round(free * 100)
                                    + " % left: make room, or the store will refuse messages"));
        }
    }

    private void heap(Map<String, Finding> all) {
        double[] used = heap.get();
        heapLooks = used[0] > used[1] * HEAP_RAISED ? heapLooks + 1 : 0;
        if (heapLooks >= LOOKS_IN_A_ROW) {
            all.put(
                    MEMORY,
                    new Finding(
                            CRITICAL,
                            "the heap has been almost full for a minute: give the broker more with"
                                    + " DUNLIN_JAVA_OPTS=-Xmx..., or set lower limits for queues"));
        }
    }

    private void store(Map<String, Finding> all) {
        Journal.Condition now = condition.get();
        behindLooks = now == Journal.Condition.BEHIND ? behindLooks + 1 : 0;
        switch (now) {
            case OPEN -> {}
            case BEHIND -> {
                if (behindLooks >= LOOKS_IN_A_ROW) {
                    all.put(
                            STORE,
                            new Finding(
                                    WARNING,
                                    "the disk has been slower than the publishers for a minute: they"
                                            + " wait for it"));
                }
            }
            case FULL ->
                all.put(
                        STORE,
                        new Finding(
                                CRITICAL,
                                "the store is full and refuses messages: make room, or raise" + " store.max-size"));
            case FAILED -> all.put(STORE, new Finding(CRITICAL, "the store has failed: see the log"));
        }
    }

    private void queues(Map<String, Finding> all) {
        double most = queueAge.get().toMillis() / 1e3;
        if (most <= 0) {
            return;
        }
        waiting.get()
                .filter(longest -> longest.seconds() > most)
                .ifPresent(longest -> all.put(
                        QUEUE_AGE,
                        new Finding(
                                WARNING,
                                "a message has been waiting for " + Math.round(longest.seconds()) + " s for client "
                                        + TextTable.clean(longest.clientId())
                                        + ": dunlin clients slow lists who is behind; let it come"
                                        + " and read, or end its session with dunlin sessions clear")));
    }

    private static void certificates(Map<String, Long> figures, Map<String, Finding> all) {
        figures.forEach((name, days) -> {
            if (name.startsWith("certificates/") && name.endsWith("/expires-in-days") && days < CERTIFICATE_DAYS) {
                String listener = name.split("/")[1];
                boolean ofAuthorities = name.contains("/authorities/");
                boolean ended = days < 0;
                all.put(
                        (ofAuthorities ? "authorities-" : "certificate-") + clean(listener),
                        new Finding(
                                ended ? CRITICAL : WARNING,
                                (ofAuthorities ? "one of the authorities of " : "the certificate of ")
                                        + (listener.equals("console") ? "the console" : "listener " + listener)
                                        + (ended ? " has ended" : " ends " + within(days))
                                        + ": put a new one in its place, it is taken without a restart"));
            }
        });
    }

    private static String within(long days) {
        return days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in " + days + " days";
    }

    /** A source that fails and lets nobody in; forgotten when it has been quiet for some minutes. */
    private void backEnds(Map<String, Long> figures, Map<String, Finding> all) {
        for (String name : figures.keySet()) {
            if (!name.startsWith("logins/") || !name.endsWith("/failed")) {
                continue;
            }
            String source = name.substring("logins/".length(), name.length() - "/failed".length());
            long failed = growth(figures, name) + growth(figures, "logins/" + source + "/late");
            long answered = growth(figures, "logins/" + source + "/accepted")
                    + growth(figures, "logins/" + source + "/refused");
            if (answered > 0) {
                failing.remove(source);
            } else if (failed > 0) {
                failing.put(source, QUIET_LOOKS);
            } else {
                failing.computeIfPresent(source, (s, left) -> left <= 1 ? null : left - 1);
            }
        }
        failing.keySet()
                .forEach(source -> all.put(
                        "back-end-" + clean(source),
                        new Finding(
                                CRITICAL,
                                "the source of logins " + source
                                        + " does not answer, and clients are refused: see the log for why")));
    }

    private long growth(Map<String, Long> figures, String name) {
        return before.isEmpty() ? 0 : figures.getOrDefault(name, 0L) - before.getOrDefault(name, 0L);
    }

    /** As a level of a topic. */
    private static String clean(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
