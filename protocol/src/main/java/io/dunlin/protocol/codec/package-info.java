/** Bytes to packets and back. */
@NullMarked
package io.dunlin.protocol.codec;

import org.jspecify.annotations.NullMarked;
