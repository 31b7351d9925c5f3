/** What is shown live in a terminal: the screen itself, and the table of topics. */
@NullMarked
package io.dunlin.cli.screen;

import org.jspecify.annotations.NullMarked;
