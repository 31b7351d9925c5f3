/** The core of the broker: no thread, socket, file or clock of its own. */
@NullMarked
package io.dunlin.broker;

import org.jspecify.annotations.NullMarked;
