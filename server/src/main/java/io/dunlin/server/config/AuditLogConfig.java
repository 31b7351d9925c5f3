package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.Optional;

/** The audit log: who administered what, who was refused. */
public record AuditLogConfig(
        @Setting(
                value = "Whether it is written; without a data folder only where `audit-log.file` says to which file",
                byDefault = "true",
                restart = true)
        boolean enabled,

        @Setting(value = "The file; without it, `audit.jsonl` in the data folder", restart = true)
        Optional<Path> file,

        @Setting(
                value = "Size at which it is renamed to `audit.jsonl.1` and begun anew",
                byDefault = "16MiB",
                min = "64KiB",
                max = "1GiB",
                restart = true)
        Size maxSize,

        @Setting(value = "How many older files stay", byDefault = "8", min = "0", max = "1000", restart = true)
        int keep) {

    private static final String NAME = "audit.jsonl";

    /** The file that is written, empty for none. */
    public Optional<Path> target(Optional<Path> dataFolder) {
        return enabled ? file.or(() -> dataFolder.map(folder -> folder.resolve(NAME))) : Optional.empty();
    }
}
