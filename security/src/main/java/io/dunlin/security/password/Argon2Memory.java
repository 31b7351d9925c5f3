package io.dunlin.security.password;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.jspecify.annotations.Nullable;

/**
 * The memory of hashes under way, used again from one to the next while logins wait in line: 19 MiB of garbage for each would keep
 * the collector busy. {@link #release} gives it back. Thread: any.
 */
final class Argon2Memory {
    /** Takes new memory each time. */
    static final Argon2Memory NONE = new Argon2Memory(0);

    private final int kibMax;
    private final ConcurrentLinkedQueue<FixedBlockPool> free = new ConcurrentLinkedQueue<>();

    /** @param kibMax what one hash may keep; a larger one takes new memory */
    Argon2Memory(int kibMax) {
        this.kibMax = kibMax;
    }

    /** Runs a hash of this size, with memory or with null where it has to take its own. */
    void with(int kib, Consumer<@Nullable BlockPool> hash) {
        if (kib > kibMax) {
            hash.accept(null);
            return;
        }
        FixedBlockPool pool = free.poll();
        FixedBlockPool taken = pool == null ? new FixedBlockPool(kibMax) : pool;
        hash.accept(taken);
        free.add(taken);
    }

    void release() {
        free.clear();
    }
}
