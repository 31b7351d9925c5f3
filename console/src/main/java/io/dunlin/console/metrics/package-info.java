/** Figures as Prometheus and others read them. */
@NullMarked
package io.dunlin.console.metrics;

import org.jspecify.annotations.NullMarked;
