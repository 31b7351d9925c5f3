/** The options of a connection, and the client that they make: address, session, credentials, TLS, properties. */
@NullMarked
package io.dunlin.cli.connect;

import org.jspecify.annotations.NullMarked;
