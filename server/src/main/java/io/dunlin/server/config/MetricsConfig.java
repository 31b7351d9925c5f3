package io.dunlin.server.config;

import java.util.List;

/** What is measured, and how it is named. */
public record MetricsConfig(
        @Setting(
                value = "Names that `/metrics` has besides our own, for boards that were made for other brokers",
                restart = true,
                orOne = true)
        List<Compat> compat) {

    /** Whose names. */
    public enum Compat {
        MOSQUITTO_EXPORTER,
        EMQX
    }
}
