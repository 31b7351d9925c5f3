package io.dunlin.server.config;

import java.time.Duration;

/** From where on something needs a person. */
public record AlarmsConfig(
        @Setting(
                value =
                        "How long a message may wait in the queue of a client before the alarm `queue-age` is raised; 0s never"
                                + " raises it",
                byDefault = "0s",
                min = "0s",
                max = "3650d")
        Duration queueAge) {}
