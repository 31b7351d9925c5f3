/** Traces: what connections say to each other, decoded, masked, as text, JSON and for Wireshark. */
@NullMarked
package io.dunlin.server.trace;

import org.jspecify.annotations.NullMarked;
