/** What a payload holds, and its form on the wire: JSON, CBOR, text and Sparkplug B. No state, no threads. */
@NullMarked
package io.dunlin.fleet.payload;

import org.jspecify.annotations.NullMarked;
