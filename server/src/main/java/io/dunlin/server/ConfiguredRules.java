package io.dunlin.server;

import io.dunlin.security.acl.Rule;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import java.util.List;
import java.util.Optional;

/** The rules of a configuration, for an assessment. */
final class ConfiguredRules {
    private ConfiguredRules() {}

    /** Empty where nothing is said about rights: everything is allowed then. */
    static Optional<List<Rule>> of(Bound<ServerConfig> bound) {
        return Optional.empty();
    }
}
