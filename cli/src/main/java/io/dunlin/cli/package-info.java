/** The command line: publish, subscribe, request; the broker's own commands are passed on by name. */
@NullMarked
package io.dunlin.cli;

import org.jspecify.annotations.NullMarked;
