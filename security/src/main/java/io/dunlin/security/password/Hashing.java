package io.dunlin.security.password;

import io.dunlin.broker.port.Clock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The hashing of passwords: on virtual threads, a few at a time and in bounded memory, so that a flood of logins takes neither the
 * shards nor all cores nor the heap. Remembers right passwords for a short time, and which credentials stand for the same password. One
 * for the whole server; it outlives reloads. Thread: any.
 */
public final class Hashing {
    private static final Thread.Builder.OfVirtual THREADS = Thread.ofVirtual().name("authentication");
    private static final int IDENTITY_BYTES = 8;
    private static final int LINEAGE_MAX = 1_000_000;
    private static final int IMPROVING_MAX = 64;

    private final Clock clock;
    private final Argon2Memory memory;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger improving = new AtomicInteger();
    private final Semaphore improvement = new Semaphore(1, true);
    private final byte[] secret = new byte[32];
    private final ConcurrentHashMap<String, String> firstIdentity = new ConcurrentHashMap<>();
    private final LongAdder hashed = new LongAdder();
    private final LongAdder remembered = new LongAdder();
    private final LongAdder busy = new LongAdder();
    private final LongAdder rehashed = new LongAdder();
    private volatile Turns turns;
    private volatile Limits limits;
    private volatile RecentLogins recent;

    public Hashing(Limits limits, Clock clock) {
        this(limits, clock, new Semaphore(limits.hashingMax(), true));
    }

    Hashing(Limits limits, Clock clock, Semaphore hashing) {
        this.clock = clock;
        this.turns = new Turns(hashing, limits.memoryMibMax());
        this.memory = new Argon2Memory(Math.max(limits.policy().memoryKib(), Argon2Hash.MEMORY_KIB_DEFAULT));
        this.limits = limits;
        this.recent = new RecentLogins(limits.rememberedMax(), limits.rememberedSeconds());
        new SecureRandom().nextBytes(secret);
    }

    /**
     * What logins by password may take.
     *
     * @param hashingMax passwords hashed at the same time, at least 1
     * @param memoryMibMax memory of those together, in MiB; one that needs more is hashed alone
     * @param waitingMax logins that are being hashed or wait for it; more are refused
     * @param waitSecondsMax how long a login may wait for its turn; then it is refused, since the client has hardly waited
     * @param rememberedMax users whose right password is remembered, 0 for none
     * @param rememberedSeconds for how long; a changed password is asked for at once
     * @param policy how new passwords are hashed
     */
    public record Limits(
            int hashingMax,
            int memoryMibMax,
            int waitingMax,
            int waitSecondsMax,
            int rememberedMax,
            int rememberedSeconds,
            HashPolicy policy) {
        public static final Limits DEFAULT = new Limits(
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                Math.clamp(Runtime.getRuntime().maxMemory() / 4 >> 20, 32, 512),
                10_000,
                8,
                100_000,
                300,
                HashPolicy.DEFAULT);
    }

    /** What hashes take turns at. */
    private record Turns(Semaphore hashing, Semaphore memoryMib, int memoryMibMax) {
        Turns(Semaphore hashing, int memoryMibMax) {
            this(hashing, new Semaphore(memoryMibMax, true), memoryMibMax);
        }
    }

    /** Takes over new limits; logins that wait already do so under the old ones. */
    public void limits(Limits next) {
        Limits before = limits;
        limits = next;
        if (before.hashingMax != next.hashingMax || before.memoryMibMax != next.memoryMibMax) {
            turns = new Turns(new Semaphore(next.hashingMax(), true), next.memoryMibMax());
        }
        if (before.rememberedMax != next.rememberedMax || before.rememberedSeconds != next.rememberedSeconds) {
            recent = new RecentLogins(next.rememberedMax(), next.rememberedSeconds());
        }
    }

    public HashPolicy policy() {
        return limits.policy();
    }

    /** What came of asking for a password. */
    enum Verdict {
        RIGHT,
        WRONG,
        /** Too many are logging in. */
        BUSY
    }

    /** Whether this password was the right one for this credential a short time ago. */
    boolean isRemembered(String name, Credential credential, byte[] password) {
        boolean right = recent.contains(name, digest(name, credential, password), clock.nanos());
        if (right) {
            remembered.increment();
        }
        return right;
    }

    void remember(String name, Credential credential, byte[] password) {
        recent.add(name, digest(name, credential, password), clock.nanos());
    }

    private byte[] digest(String name, Credential credential, byte[] password) {
        return KeyedDigest.of(secret, 32, utf8(name), utf8(credential.text()), password);
    }

    /** Checks a password. The stage is completed on a virtual thread, or now where too many wait. */
    CompletionStage<Verdict> check(Credential credential, byte[] password) {
        if (waiting.incrementAndGet() > limits.waitingMax()) {
            waiting.decrementAndGet();
            busy.increment();
            return CompletableFuture.completedStage(Verdict.BUSY);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return turn(credential.memoryKib(), limits.waitSecondsMax(), () -> hash(credential, password))
                                .map(right -> right ? Verdict.RIGHT : Verdict.WRONG)
                                .orElse(Verdict.BUSY);
                    } finally {
                        done();
                    }
                },
                THREADS::start);
    }

    private boolean hash(Credential credential, byte[] password) {
        hashed.increment();
        return credential instanceof Argon2Hash argon ? argon.matches(password, memory) : credential.matches(password);
    }

    /** Waits for a turn and hashes; empty where it did not come. A virtual thread. */
    private <T> Optional<T> turn(int kib, int waitSeconds, Supplier<T> hash) {
        Turns here = turns;
        int mib = Math.min((kib + 1023) / 1024, here.memoryMibMax);
        try {
            if (!here.hashing.tryAcquire(waitSeconds, TimeUnit.SECONDS)) {
                busy.increment();
                return Optional.empty();
            }
            try {
                if (!here.memoryMib.tryAcquire(mib, waitSeconds, TimeUnit.SECONDS)) {
                    busy.increment();
                    return Optional.empty();
                }
                try {
                    return Optional.of(hash.get());
                } finally {
                    here.memoryMib.release(mib);
                }
            } finally {
                here.hashing.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void done() {
        if (waiting.decrementAndGet() == 0 && improving.get() == 0) {
            memory.release();
        }
    }

    /**
     * Checks a password that another source keeps. Waits for a turn: on a virtual thread only.
     *
     * @throws IllegalStateException where too many are logging in
     */
    public boolean matches(Credential credential, byte[] password) {
        waiting.incrementAndGet();
        try {
            return turn(credential.memoryKib(), limits.waitSecondsMax(), () -> hash(credential, password))
                    .orElseThrow(() -> new IllegalStateException("too many clients are logging in"));
        } finally {
            done();
        }
    }

    /**
     * Makes a better credential of a right password, after the login: one at a time, and behind the logins that wait.
     *
     * @param keep is told the new credential on a virtual thread
     * @return whether it goes on; else too many others are being made
     */
    boolean improve(String name, Credential old, byte[] password, Consumer<Credential> keep) {
        HashPolicy policy = policy();
        if (improving.incrementAndGet() > IMPROVING_MAX) {
            improving.decrementAndGet();
            return false;
        }
        byte[] own = password.clone();
        THREADS.start(() -> {
            improvement.acquireUninterruptibly();
            try {
                turn(policy.memoryKib(), limits.waitSecondsMax(), () -> policy.improved(old, own))
                        .ifPresent(better -> {
                            sameAs(name, old, better);
                            rehashed.increment();
                            keep.accept(better);
                        });
            } finally {
                improvement.release();
                improving.decrementAndGet();
            }
        });
        return true;
    }

    private void sameAs(String name, Credential old, Credential better) {
        if (firstIdentity.size() < LINEAGE_MAX) {
            firstIdentity.put(rawIdentity(name, better), identity(name, old));
        }
    }

    /**
     * A name for the password that this user has, which is another one as soon as the password is; it stays where only the stored form
     * was made better. Means nothing outside this process.
     */
    String identity(String name, Credential credential) {
        String raw = rawIdentity(name, credential);
        return firstIdentity.getOrDefault(raw, raw);
    }

    private String rawIdentity(String name, Credential credential) {
        byte[] digest = KeyedDigest.of(secret, IDENTITY_BYTES, utf8(name), utf8(credential.text()));
        return HexFormat.of().formatHex(digest);
    }

    /** The same for an unknown name until the process ends; 32 bytes. */
    byte[] decoyDigest(String name) {
        return KeyedDigest.of(secret, 32, new byte[0], utf8(name));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What was done since the start.
     *
     * @param hashed passwords checked by hashing, those of unknown users too
     * @param remembered logins let in without hashing
     * @param busy logins refused because too many were logging in
     * @param rehashed weak credentials made better
     * @param waiting logins that are hashed or wait for it now
     */
    public record Figures(long hashed, long remembered, long busy, long rehashed, int waiting) {}

    public Figures figures() {
        return new Figures(hashed.sum(), remembered.sum(), busy.sum(), rehashed.sum(), waiting.get());
    }
}
