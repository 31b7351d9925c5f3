/** Metrics and traces for an OpenTelemetry collector; loaded where one is configured. Its library is used in this package alone. */
@NullMarked
package io.dunlin.telemetry;

import org.jspecify.annotations.NullMarked;
