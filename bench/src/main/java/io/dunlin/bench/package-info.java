/** Measurements of single parts with JMH. Whole brokers are compared by {@code bench/run}. */
@NullMarked
package io.dunlin.bench;

import org.jspecify.annotations.NullMarked;
