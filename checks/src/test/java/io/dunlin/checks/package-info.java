/** The build's checks of the sources themselves, each with a test that shows that it can fail. */
@NullMarked
package io.dunlin.checks;

import org.jspecify.annotations.NullMarked;
