/** The command bench: load on a broker, and what it makes of it. */
@NullMarked
package io.dunlin.cli.bench;

import org.jspecify.annotations.NullMarked;
