package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketCase;
import io.dunlin.protocol.codec.PacketCases;
import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.World;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Each wrong packet of the codec's table, sent to a broker: it ends that connection, with the reason of the table where the
 * version can say one, and nobody else notices.
 */
class WrongPacketsTest {
    private static List<PacketCase> wrong(boolean connect) {
        List<PacketCase> wrong = PacketCases.all().stream()
                .filter(it -> it.to() == Role.SERVER && it.error() != null && it.isConnect() == connect)
                .toList();
        assertThat(wrong).hasSizeGreaterThan(50);
        return wrong;
    }

    @Test
    @Clause({"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.14.4-2", "MQTT311-4.8.0-1", "MQTT311-2.2.2-2"})
    void endTheConnection() {
        try (World world = World.inMemory()) {
            Peer witness = world.connected("witness", ProtocolVersion.V5);
            for (PacketCase it : wrong(false)) {
                Peer peer = world.connected("c", it.version()); // the same client each time: it can come again
                peer.sendBytes(it.bytes());
                List<Packet> last = peer.awaitEnd();
                if (it.version() == ProtocolVersion.V5) {
                    assertThat(last).as("%s", it).hasSize(1);
                    assertThat(last.get(0)).as("%s", it).isInstanceOf(Disconnect.class);
                    assertThat(((Disconnect) last.get(0)).reason()).as("%s", it).isEqualTo(it.error());
                } else {
                    assertThat(last).as("%s", it).isEmpty();
                }
            }
            witness.ping();
        }
    }

    @Test
    @Clause({"MQTT-3.1.4-1", "MQTT-3.1.2-2", "MQTT311-3.1.4-1", "MQTT311-3.1.2-1", "MQTT311-3.1.2-2"})
    void endTheConnectionInsteadOfConnecting() {
        try (World world = World.inMemory()) {
            Peer witness = world.connected("witness", ProtocolVersion.V5);
            for (PacketCase it : wrong(true)) {
                Peer peer = world.client("c", it.version()).open();
                peer.sendBytes(it.bytes());
                List<Packet> last = peer.awaitEnd();
                if (it.version() == ProtocolVersion.V5 && !last.isEmpty()) {
                    ReasonCode reason = ((Connack) last.get(0)).reason();
                    assertThat(reason).as("%s", it).isEqualTo(it.error());
                } else if (!last.isEmpty()) {
                    assertThat(it.error()).as("%s", it).isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
                    assertThat(last)
                            .as("%s", it)
                            .containsExactly(new Connack(false, Objects.requireNonNull(it.error()), Properties.NONE));
                }
            }
            witness.ping();
        }
    }
}
