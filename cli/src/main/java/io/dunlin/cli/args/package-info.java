/** The words of a command line, and what a command is. */
@NullMarked
package io.dunlin.cli.args;

import org.jspecify.annotations.NullMarked;
