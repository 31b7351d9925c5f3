/** The HTTP side of a running broker: API, health, metrics and pages. */
@NullMarked
package io.dunlin.console;

import org.jspecify.annotations.NullMarked;
