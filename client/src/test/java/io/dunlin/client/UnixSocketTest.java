package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixSocketTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void connectsOverAFile() throws Exception {
        Path file = folder.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(file));
            MqttClient client = MqttClient.builder().url("unix://" + file).build();
            CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);

            SocketChannel channel = listener.accept();
            ByteBuffer connect = ByteBuffer.allocate(100);
            channel.read(connect);
            assertThat(connect.get(0)).isEqualTo((byte) 0x10);
            channel.write(ByteBuffer.wrap(
                    PacketEncoder.encode(new Connack(false, ReasonCode.SUCCESS, Properties.NONE), ProtocolVersion.V5)));

            connected.get(10, TimeUnit.SECONDS);
            client.publish("a", "while the reader waits");
            ByteBuffer publish = ByteBuffer.allocate(100);
            assertThat(channel.read(publish)).isPositive();
            client.close();
        }
    }
}
