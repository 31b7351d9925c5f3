package io.dunlin.console;

import io.dunlin.console.metrics.Compat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the console is told.
 *
 * @param host an address or host name of this machine, "" for all interfaces
 * @param port 0 for any free one
 * @param tls empty for plain HTTP
 * @param hosts further names by which browsers may ask for it
 * @param metricsWithoutLogin whether {@code /metrics} asks for no login
 * @param session how long a login holds
 * @param compat under whose names besides ours {@code /metrics} has figures
 */
public record ConsoleOptions(
        String host,
        int port,
        Optional<Tls> tls,
        List<String> hosts,
        boolean metricsWithoutLogin,
        Duration session,
        Set<Compat> compat) {

    /** PEM files. */
    public record Tls(Path certfile, Path keyfile) {}
}
