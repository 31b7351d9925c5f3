/** What MQTT is about: connections, handshakes, sessions, wills. */
@NullMarked
package io.dunlin.broker.session;

import org.jspecify.annotations.NullMarked;
