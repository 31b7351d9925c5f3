package io.dunlin.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.cli.args.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a name server of the test's own, which knows two brokers of example.org, and none with TLS. */
@Timeout(30)
class SrvLookupTest {
    private final DatagramSocket socket;

    SrvLookupTest() throws SocketException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void start() {
        Thread server = new Thread(this::serve);
        server.setDaemon(true);
        server.start();
    }

    @AfterEach
    void stop() {
        socket.close();
    }

    private void serve() {
        DatagramPacket question = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                socket.receive(question);
                byte[] answer = answer(question);
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        } catch (IOException e) {
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static byte[] answer(DatagramPacket question) throws IOException {
        byte[] data = question.getData();
        boolean known = new String(data, 0, question.getLength(), StandardCharsets.ISO_8859_1).contains("\005_mqtt");
        int end = 12;
        while (data[end] != 0) {
            end += data[end] + 1;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(data, 0, 2);
        out.writeShort(known ? 0x8580 : 0x8583);
        out.writeShort(1);
        out.writeShort(known ? 2 : 0);
        out.writeInt(0);
        out.write(data, 12, end + 5 - 12);
        if (known) {
            record(out, 20, 0, 1883, "spare");
            record(out, 10, 5, 1884, "first");
        }
        return bytes.toByteArray();
    }

    private static void record(DataOutputStream out, int priority, int weight, int port, String host)
            throws IOException {
        out.writeShort(0xC00C); // the name of the question
        out.writeShort(33);
        out.writeShort(1);
        out.writeInt(60);
        out.writeShort(6 + 1 + host.length() + 1);
        out.writeShort(priority);
        out.writeShort(weight);
        out.writeShort(port);
        out.writeByte(host.length());
        out.writeBytes(host);
        out.writeByte(0);
    }

    private SrvLookup lookup() {
        return new SrvLookup("dns://127.0.0.1:" + socket.getLocalPort());
    }

    @Test
    void theLowestPriorityComesFirst() {
        assertThat(lookup().find("example.org", false)).isEqualTo(new SrvLookup.Target("first", 1884, 10, 5));
    }

    @Test
    void noRecordIsSaid() {
        assertThatThrownBy(() -> lookup().find("example.org", true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("no SRV record _secure-mqtt._tcp.example.org");
    }
}
