package io.dunlin.conformance;

import io.dunlin.conformance.SocketVenue.Transport;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.WebSocketWire;
import io.dunlin.testkit.World;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Section 6: MQTT over WebSocket. */
class WebSocketTest {
    private final SocketVenue venue = new SocketVenue(Transport.WS);
    private final World world = new World(venue);

    @AfterEach
    void close() {
        world.close();
    }

    private WebSocketWire wire(String offered) {
        world.broker();
        return WebSocketWire.open(venue.openSocket(), "/mqtt", offered);
    }

    @Test
    @Clause({"MQTT-6.0.0-1", "MQTT311-6.0.0-1"})
    void closesOnTextFrames() {
        WebSocketWire wire = wire("mqtt");
        Peer client = world.client("c").open(wire);
        wire.frame(WebSocketWire.TEXT, true, Raw.connect(ProtocolVersion.V5, 2, new Bytes().text("c")));
        client.expectClosed();
        WebSocketWire later = wire("mqtt");
        Peer connected = world.client("d").open(later);
        connected.connect();
        later.frame(WebSocketWire.TEXT, true, Bytes.utf8("C0"));
        connected.awaitEnd();
    }

    @Test
    @Clause({"MQTT-6.0.0-2", "MQTT311-6.0.0-2"})
    void takesPacketsHoweverTheyAreFramed() {
        WebSocketWire wire = wire("mqtt");
        wire.frameBytesMax(1); // a frame for each byte
        Peer client = world.client("c").open(wire);
        client.connect();
        client.subscribe("t", 1);
        client.publish("t", "x", 1);
        client.receive("t", "x");
        wire.frameBytesMax(Integer.MAX_VALUE);
        client.sendHex("C0 00 C0 00 C0"); // two packets and a half in one frame
        client.expect(Pingresp.INSTANCE);
        client.expect(Pingresp.INSTANCE);
        wire.frame(WebSocketWire.BINARY, false, new byte[] {0}); // the rest begins a fragmented message
        client.expect(Pingresp.INSTANCE);
        wire.frame(WebSocketWire.PING, true, new byte[0]);
        wire.frame(WebSocketWire.CONTINUATION, false, Bytes.hex("C0"));
        wire.frame(WebSocketWire.CONTINUATION, true, Bytes.hex("00"));
        client.expect(Pingresp.INSTANCE);
        client.publish(Pub.of("t", new byte[100_000]).qos(1)); // more than one frame's short length
        client.check(client.expect(Publish.class).payload().length == 100_000, "cut");
    }

    @Test
    @Clause({"MQTT-6.0.0-4", "MQTT-6.0.0-3", "MQTT311-6.0.0-3", "MQTT311-6.0.0-4"})
    void selectsTheSubprotocol() {
        check("mqtt", wire("mqtt"));
        check("mqtt", wire("chat, mqtt"));
        check("mqttv3.1", wire("mqttv3.1"));
        Peer old = world.client("c", ProtocolVersion.V3_1).open(wire("mqttv3.1"));
        old.connect();
        old.ping();
    }

    private void check(String expected, WebSocketWire wire) {
        if (!wire.subprotocol().equals(expected)) {
            throw world.failure("selected was \"" + wire.subprotocol() + "\" instead of \"" + expected + "\"");
        }
        wire.close();
    }

    @Test
    @Clause({"MQTT-6.0.0-1", "MQTT-4.13.1-1"})
    void endsTheConnectionForErrorsInTheMqttInside() {
        WebSocketWire wire = wire("mqtt");
        Peer client = world.client("c").open(wire);
        client.connect();
        client.sendHex("00 00");
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR);
    }
}
