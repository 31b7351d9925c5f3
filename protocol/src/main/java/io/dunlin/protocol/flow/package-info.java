/** The state of deliveries under way, shared by broker and client. */
@NullMarked
package io.dunlin.protocol.flow;

import org.jspecify.annotations.NullMarked;
