package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.Optional;

/** The socket through which the command line administers the broker. */
public record ControlConfig(
        @Setting(
                value = "Whether it is there; without a data folder only where `control.socket` says where",
                byDefault = "true",
                restart = true)
        boolean enabled,

        @Setting(
                value =
                        "Its path; without it, `control.sock` in the data folder. Only the user of the broker and root may connect",
                restart = true)
        Optional<Path> socket) {}
