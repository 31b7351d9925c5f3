/** The simulator: broker, store, clients, network, disk and time in one thread, driven by one seed. */
@NullMarked
package io.dunlin.simulation;

import org.jspecify.annotations.NullMarked;
