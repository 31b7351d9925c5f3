/** Figures of the last hour, day and week, kept in files of a fixed size. */
@NullMarked
package io.dunlin.console.history;

import org.jspecify.annotations.NullMarked;
