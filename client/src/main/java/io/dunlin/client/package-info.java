/**
 * The MQTT client: connect, publish, subscribe at all QoS over TCP, TLS, WebSocket and unix sockets. It needs the JDK and the
 * module {@code protocol} alone. Start at {@link io.dunlin.client.MqttClient}.
 */
@NullMarked
package io.dunlin.client;

import org.jspecify.annotations.NullMarked;
