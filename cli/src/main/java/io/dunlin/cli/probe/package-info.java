/** The command test: finds out what a broker can do. */
@NullMarked
package io.dunlin.cli.probe;

import org.jspecify.annotations.NullMarked;
