/**
 * Fleets of simulated devices: reads a {@link io.dunlin.fleet.scenario.Scenario} and lets its devices live, on one thread,
 * over real or virtual time. The way to the broker is the port {@link io.dunlin.fleet.Uplink}.
 */
@NullMarked
package io.dunlin.fleet;

import org.jspecify.annotations.NullMarked;
