package io.dunlin.simulation;

import io.dunlin.testkit.MemoryWire;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run: a broker with its store, clients that keep to the protocol and one that does not, a network and time, all in one
 * thread and all drawn from one seed. For 60 virtual seconds everything may go wrong; then all is healed, the clients take what
 * they have coming, and the {@link Ledger} is balanced. Promises that hold at each moment are looked at after each step.
 */
public final class Simulation {
    /** How long things go wrong. */
    public static final long WILD_NANOS = 60_000_000_000L;

    private static final long HEALED_NANOS = 45_000_000_000L;
    private static final long CHECKER_NANOS = 25_000_000_000L;
    private static final long TROUBLE_NANOS_MAX = 12_000_000_000L; // with what it takes to come over it
    private static final long STEPS_MAX = 20_000_000;
    private static final int LINES_KEPT = 4_000;

    private final long seed;
    private final RandomGenerator random;
    private final Profile profile;
    private final Transcript transcript;
    private final Agenda agenda = new Agenda();
    private final Ledger ledger = new Ledger(this);
    private final Host host;
    private final List<Client> clients = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private @Nullable Hostile hostile;
    private long now;
    private long step;
    private boolean healing;

    private Simulation(long seed, Store.Factory stores, Transcript transcript) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.transcript = transcript;
        this.profile = Profile.draw(random);
        this.host = new Host(this, stores.create(random));
    }

    /**
     * What a run that kept all promises has to say.
     *
     * @param hash of everything that happened
     */
    public record Report(long hash, long steps, int messages, int deliveries) {}

    /** Runs one seed; throws a {@link Violation} that tells how to reproduce it where a promise was broken. */
    public static Report run(long seed, Store.Factory stores) {
        Simulation simulation = new Simulation(seed, stores, new Transcript(0));
        try {
            return simulation.run();
        } catch (Violation | IllegalStateException first) {
            Simulation again = new Simulation(seed, stores, new Transcript(LINES_KEPT));
            try {
                again.run();
            } catch (Violation violation) {
                throw violation.reported(
                        seed,
                        again.profile.toString(),
                        again.transcript.lines().reversed().subList(0, 60).reversed());
            }
            throw new IllegalStateException(
                    "seed " + seed + " failed only the first time: something in it is not drawn from the seed", first);
        }
    }

    /** The lines of one run, for a person; the last one says how it ended. */
    public static List<String> transcript(long seed, Store.Factory stores) {
        Simulation simulation = new Simulation(seed, stores, new Transcript(Integer.MAX_VALUE));
        List<String> lines = new ArrayList<>();
        String end;
        try {
            end = simulation.run().toString();
        } catch (Violation violation) {
            end = violation.toString();
        }
        lines.add(simulation.profile.toString());
        lines.addAll(simulation.transcript.lines());
        lines.add(end);
        return lines;
    }

    private Report run() {
        host.boot();
        int count = 0;
        count = add(Client.Kind.STEADY, profile.steady(), count);
        count = add(Client.Kind.FICKLE, profile.fickle(), count);
        count = add(Client.Kind.TRANSIENT, profile.transients(), count);
        add(Client.Kind.MEMBER, profile.members(), count);
        clients.forEach(Client::begin);
        if (profile.hostile()) {
            hostile = new Hostile(this);
            hostile.begin();
        }
        nextCrash();
        nextTrouble();
        at(WILD_NANOS, this::heal);
        loop(WILD_NANOS + HEALED_NANOS);
        ledger.balance(clients);
        host.store().check();
        return new Report(transcript.hash(), step, ledger.letters(), ledger.deliveries());
    }

    private int add(Client.Kind kind, int more, int count) {
        for (int i = 0; i < more; i++) {
            clients.add(new Client(this, kind, count + i));
        }
        return count + more;
    }

    private void loop(long until) {
        while (true) {
            step++;
            if (step > STEPS_MAX) {
                throw new Violation("it does not come to rest");
            }
            Runnable due = agenda.due(now);
            if (due != null && random.nextInt(8) != 0) {
                due.run();
                continue;
            }
            if (host.tick()) {
                pollLines();
                if (due != null) {
                    due.run();
                }
                moveTo(now + 1_000 + random.nextInt(60_000)); // a tick takes its time
                continue;
            }
            pollLines();
            if (due != null) {
                due.run();
                continue;
            }
            long next = Math.min(agenda.next(), host.nextDeadline());
            if (next > until) {
                return;
            }
            moveTo(Math.max(now, next));
        }
    }

    private void moveTo(long nanos) {
        now = nanos;
        host.moveTo(nanos);
        transcript.now(nanos);
    }

    private void pollLines() {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            line.poll();
            if (line.isServerClosed()) {
                lines.remove(i--);
            }
        }
    }

    // ---- what goes wrong

    private void nextCrash() {
        if (profile.crashSecondsMean() > 0) {
            long delay = (long) (-Math.log(1 - random.nextDouble()) * profile.crashSecondsMean() * 1e9);
            after(delay, this::crash);
        }
    }

    private void crash() {
        if (healing) {
            return;
        }
        if (host.isUp()) {
            if (random.nextInt(100) < profile.cleanPercent()) {
                host.stop(this::startLater);
            } else {
                host.crash(random.nextInt(100) < profile.powerPercent());
                startLater();
            }
        }
        nextCrash();
    }

    /** The machine or the person in charge starts the broker again. */
    void startLater() {
        after(random.nextLong(profile.downMillisMax() * 1_000_000L), () -> {
            if (!host.isUp()) {
                host.boot();
            }
        });
    }

    private void nextTrouble() {
        if (profile.diskTroublePercent() > 0) {
            after(random.nextLong(200_000_000_000L / profile.diskTroublePercent()), () -> {
                if (!healing) {
                    host.store().trouble();
                    after(random.nextLong(6_000_000_000L), host.store()::troubleEnds);
                    nextTrouble();
                }
            });
        }
    }

    private void heal() {
        healing = true;
        transcript.note("run", "is healed", 0, 0);
        host.store().heal();
        if (!host.isUp()) {
            startLater();
        }
        if (hostile != null) {
            hostile.end();
        }
        clients.forEach(Client::heal);
        after(CHECKER_NANOS, () -> {
            Client checker = new Client(this, Client.Kind.CHECKER, clients.size());
            clients.add(checker);
            checker.begin();
        });
    }

    void serverGone() {
        boolean noticed = random.nextInt(3) != 0;
        List<Line> open = List.copyOf(lines);
        lines.clear();
        open.forEach(line -> line.serverGone(noticed));
    }

    // ---- what the parts need

    @Nullable
    Line connect(Client client) {
        MemoryWire wire = host.connect();
        if (wire == null) {
            return null;
        }
        Line line = new Line(this, client, wire);
        lines.add(line);
        return line;
    }

    Host host() {
        return host;
    }

    Profile profile() {
        return profile;
    }

    RandomGenerator random() {
        return random;
    }

    Transcript transcript() {
        return transcript;
    }

    Ledger ledger() {
        return ledger;
    }

    boolean isHealing() {
        return healing;
    }

    long seed() {
        return seed;
    }

    long now() {
        return now;
    }

    long step() {
        return step;
    }

    /** How long something that nobody waits for may stay unsynced. */
    long lazyNanos() {
        return profile.diskTroublePercent() == 0 ? Host.LAZY_NANOS : Host.LAZY_NANOS + TROUBLE_NANOS_MAX;
    }

    void at(long nanos, Runnable task) {
        agenda.at(nanos, task);
    }

    void after(long nanos, Runnable task) {
        agenda.at(now + nanos, task);
    }

    long networkNanos() {
        int millis = healing ? 1 : profile.networkMillisMax();
        return 20_000 + random.nextLong(millis * 1_000_000L);
    }
}
