/** What the console needs of the broker that it belongs to. */
@NullMarked
package io.dunlin.console.port;

import org.jspecify.annotations.NullMarked;
