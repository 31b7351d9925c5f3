package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.protocol.packet.Properties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sub makes of messages beside printing them. */
@Timeout(60)
class SubOutputTest {
    private final MiniBroker broker = MiniBroker.start();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private void retain(String topic, byte[] payload) {
        broker.publish(topic, payload, 1, true, Properties.NONE);
    }

    private void retain(String topic, String text) {
        retain(topic, text.getBytes(StandardCharsets.UTF_8));
    }

    private Result run(String... words) {
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "-p";
        all[words.length + 1] = broker.port();
        return new Shell().run(all);
    }

    @Test
    void binaryEncodingsAreShownAsJson() {
        retain("c", HexFormat.of().parseHex("a16161f5"));
        retain("m", HexFormat.of().parseHex("81a161c3"));

        assertThat(run("sub", "-t", "c", "-C", "1", "-v", "--format", "cbor").out())
                .isEqualTo("c {\"a\":true}\n");
        assertThat(run("sub", "-t", "m", "-C", "1", "--format", "msgpack", "--pretty")
                        .out())
                .isEqualTo("{\n\t\"a\":\ttrue\n}\n");
        Result wrong = run("sub", "-t", "m", "-C", "1", "--format", "cbor");
        assertThat(wrong.err()).contains("The message on m is not CBOR");
        assertThat(wrong.code()).isZero();
    }

    @Test
    void payloadsGoIntoFiles() throws IOException {
        retain("a/../b", "one");
        Path saved = folder.resolve("saved");

        for (int run = 1; run <= 2; run++) {
            String name = saved.resolve("00000" + run + "-a_.._b").toString();
            assertThat(run("sub", "-t", "#", "-C", "1", "--file-save", saved.toString())
                            .out())
                    .isEqualTo(name + "\n");
            assertThat(Path.of(name)).hasContent("one");
        }
        Path all = folder.resolve("all");
        for (int run = 1; run <= 2; run++) {
            assertThat(run("sub", "-t", "#", "-C", "1", "--file-write", all.toString(), "--delimiter", "|\\n")
                            .out())
                    .isEmpty();
        }
        assertThat(Files.readString(all)).isEqualTo("one|\none|\n");
        assertThat(run("sub", "-t", "#", "--file-write", "/nonexistent/x").err())
                .contains("does its folder exist?");
    }

    @Test
    void watchInAPipeIsATableAtTheEnd() {
        retain("b", "two");
        retain("a", "one");

        Result result = run("sub", "-t", "#", "-w", "-C", "2", "-q", "1");

        assertThat(result.code()).isZero();
        assertThat(result.out().lines().map(line -> line.split(" +")[0])).containsExactly("TOPIC", "a", "b");
        assertThat(result.out()).contains("1R one", "1R two").doesNotContain("\u001b");
        assertThat(result.err()).contains("2 messages, 6 B on 2 topics");
    }

    @Test
    void messageRateIsANumberEachSecond() {
        retain("a", "one");

        assertThat(run("sub", "-t", "#", "--message-rate", "-W", "1.5").out()).isEqualTo("1\n");
    }

    @Test
    void retryWaitsForTheBroker() throws Exception {
        String port = broker.port();
        broker.close();
        Shell shell = new Shell();
        var running = shell.start("pub", "-p", port, "-t", "t", "-m", "m", "--retry");
        try (MiniBroker again = MiniBroker.start(Integer.parseInt(port))) {
            assertThat(running.get().code()).isZero();
            assertThat(again.port()).isEqualTo(port);
        }
    }
}
