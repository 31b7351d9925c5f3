/** What the outside gives to the core and what the core offers to it: small interfaces, immutable values. */
@NullMarked
package io.dunlin.broker.port;

import org.jspecify.annotations.NullMarked;
