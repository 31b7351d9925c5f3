/**
 * Where a client's session keeps what must outlive the connection: {@link io.dunlin.client.store.FileStore} in a file,
 * {@link io.dunlin.client.store.MemoryStore} not beyond the process; {@link io.dunlin.client.store.SessionStore} is what others
 * can implement.
 */
@NullMarked
package io.dunlin.client.store;

import org.jspecify.annotations.NullMarked;
