package io.dunlin.server.config;

import io.dunlin.storage.StoreOptions;
import java.time.Duration;

/** How the store in {@code node.data-dir} does its work. */
public record StoreConfig(
        @Setting(
                value = "Whether anything is kept in `node.data-dir`; without it all is gone when the broker ends",
                byDefault = "true",
                restart = true)
        boolean enabled,

        @Setting(value = "Size of a file of the log", byDefault = "64MiB", min = "64KiB", max = "1GiB", restart = true)
        Size segmentSize,

        @Setting(
                value =
                        "Most that all files of the store take together, at least 16MiB, or 0 for no limit; beyond it new messages that"
                                + " need the store are refused until there is room",
                byDefault = "0",
                min = "0",
                restart = true)
        Size maxSize,

        @Setting(
                value = "Bytes that may wait to be written; publishers are slowed beyond",
                byDefault = "32MiB",
                min = "1MiB",
                max = "1GiB",
                restart = true)
        Size maxUnwritten,

        @Setting(
                value = "How long what no acknowledgement waits for may stay unsynced",
                byDefault = "1s",
                min = "10ms",
                max = "1h",
                restart = true)
        Duration syncInterval,

        @Setting(
                value = "Longest time between two checkpoints; a start reads what was written since the last",
                byDefault = "30s",
                min = "1s",
                max = "1h",
                restart = true)
        Duration checkpointInterval,

        @Setting(
                value = "Log after which a checkpoint is made without waiting for that time",
                byDefault = "128MiB",
                min = "1MiB",
                max = "16GiB",
                restart = true)
        Size checkpointSize) {

    /** As the store takes it. */
    public StoreOptions toStoreOptions() {
        StoreOptions defaults = StoreOptions.DEFAULTS;
        long largest = maxSize.bytes() == 0
                ? Long.MAX_VALUE
                : maxSize.bytes() / 8; // a full store must be able to get room back
        int segmentBytes = (int) Math.min(segmentSize.bytes(), largest);
        return new StoreOptions(
                segmentBytes,
                Math.min(defaults.batchBytes(), segmentBytes / 4),
                maxUnwritten.bytes(),
                defaults.lazyWrite(),
                syncInterval,
                defaults.slowSync(),
                defaults.retryEvery(),
                segmentBytes,
                maxSize.bytes(),
                checkpointInterval,
                checkpointSize.bytes());
    }
}
