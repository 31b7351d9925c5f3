/** How messages are printed. */
@NullMarked
package io.dunlin.cli.output;

import org.jspecify.annotations.NullMarked;
