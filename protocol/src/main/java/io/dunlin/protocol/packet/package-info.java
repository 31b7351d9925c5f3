/** The language: packets, properties, reason codes. Immutable values without behaviour. */
@NullMarked
package io.dunlin.protocol.packet;

import org.jspecify.annotations.NullMarked;
