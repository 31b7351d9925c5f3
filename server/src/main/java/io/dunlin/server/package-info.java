/** The assembly: from the configuration to a running broker, and the commands {@code broker} and {@code config}. */
@NullMarked
package io.dunlin.server;

import org.jspecify.annotations.NullMarked;
