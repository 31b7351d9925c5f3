package io.dunlin.server.config;

import io.dunlin.security.password.HashPolicy;
import io.dunlin.security.password.Hashing;
import java.time.Duration;
import java.util.Optional;

/** What the hashing of passwords may take, and how strong new hashes are. */
public record HashingConfig(
        @Setting(
                value = "Memory of one argon2id hash; the more, the harder for a thief and the fewer logins a second",
                byDefault = "19MiB",
                min = "7MiB",
                max = "64MiB")
        Size memory,

        @Setting(value = "Passes of argon2id over that memory", byDefault = "2", min = "1", max = "16")
        int passes,

        @Setting(
                value = "Passwords hashed at the same time; without it, one for every two processors",
                min = "1",
                max = "1024")
        Optional<Integer> maxConcurrent,

        @Setting(
                value =
                        "Memory of all hashes at the same time; without it, a quarter of the Java heap, 32MiB to 512MiB",
                min = "16MiB",
                max = "16GiB")
        Optional<Size> maxMemory,

        @Setting(
                value = "Logins that may wait to be hashed; more are refused with reason 0x89, server busy",
                byDefault = "10000",
                min = "1")
        int maxWaiting,

        @Setting(
                value = "How long a login may wait to be hashed; then it is refused like that",
                byDefault = "8s",
                min = "1s",
                max = "1m")
        Duration maxWait,

        @Setting(
                value =
                        "How long a right password is remembered, as a keyed digest, so that a client that comes back need not be"
                                + " hashed; 0s for never",
                byDefault = "5m",
                min = "0s",
                max = "1d")
        Duration remember) {

    /** As the hashing takes it. */
    public Hashing.Limits toLimits() {
        Hashing.Limits defaults = Hashing.Limits.DEFAULT;
        return new Hashing.Limits(
                maxConcurrent.orElse(defaults.hashingMax()),
                maxMemory.map(size -> Math.toIntExact(size.bytes() >> 20)).orElse(defaults.memoryMibMax()),
                maxWaiting,
                Math.toIntExact(maxWait.toSeconds()),
                defaults.rememberedMax(),
                Math.toIntExact(remember.toSeconds()),
                new HashPolicy(Math.toIntExact(memory.bytes() >> 10), passes));
    }
}
