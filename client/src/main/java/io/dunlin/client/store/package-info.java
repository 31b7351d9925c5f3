/**
 * Where a client's session keeps what must outlive a connection, or the process: {@link io.dunlin.client.store.MemoryStore}
 * keeps nothing beyond the process, {@link io.dunlin.client.store.SessionStore} is what others implement.
 */
@NullMarked
package io.dunlin.client.store;

import org.jspecify.annotations.NullMarked;
