/** The durable store: a segment log with group commit, checkpoints, recovery and cleaning, behind the core's {@code Journal}. */
@NullMarked
package io.dunlin.storage;

import org.jspecify.annotations.NullMarked;
