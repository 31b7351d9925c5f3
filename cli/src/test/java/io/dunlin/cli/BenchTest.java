package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Publish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BenchTest {
    private final MiniBroker broker = MiniBroker.start();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private Result run(String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("-p", broker.port()));
        return new Shell().run(words.toArray(new String[0]));
    }

    private static double figure(String json, String path) {
        int at = 0;
        for (String key : path.split("/")) {
            at = json.indexOf("\"" + key + "\"", at);
            assertThat(at).as(path + " in " + json).isNotNegative();
        }
        Matcher matcher = Pattern.compile(":\t([0-9.]+)").matcher(json);
        assertThat(matcher.find(at)).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void connectionsAreCountedAndNamed() throws Exception {
        Result result = run("bench conn -c 5 -i 0 -I me-%i --json -");

        assertThat(result.code()).isZero();
        assertThat(figure(result.out(), "connections/count")).isEqualTo(5);
        assertThat(figure(result.out(), "latencyMicros/p99")).isPositive();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(broker.next(Connect.class).clientId());
        }
        assertThat(ids).containsExactlyInAnyOrder("me-0", "me-1", "me-2", "me-3", "me-4");
    }

    @Test
    void clientsWithNamesOfTheirOwnKeepTheirSessions() throws Exception {
        Result result = run("bench conn -c 2 -i 0 -I me-%i --disable-clean-session");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        for (int i = 0; i < 2; i++) {
            Connect connect = broker.next(Connect.class);
            assertThat(connect.clientId()).startsWith("me-");
            assertThat(connect.cleanStart()).isFalse();
        }
    }

    @Test
    void publishesAsManyAsAsked() throws Exception {
        Result result = run("bench pub -c 2 -i 0 -q 1 --messages 100 -s 10 -t b/%i/%c -I c%i --json -");

        assertThat(result.err()).doesNotContain("Warning");
        assertThat(result.code()).isZero();
        assertThat(figure(result.out(), "published/count")).isEqualTo(100);
        Publish publish = broker.next(Publish.class);
        assertThat(publish.topic().text()).isIn("b/0/c0", "b/1/c1");
        assertThat(publish.payload()).hasSize(10);
    }

    @Test
    void bothEndsAtARate() throws IOException {
        Path file = folder.resolve("result.json");
        Result result =
                run("bench p2p -c 2 -i 0 -q 1 --rate 200 --messages 40 --max-lost 0 --max-failed 0 --json " + file);

        assertThat(result.out()).contains("acknowledged", "received", "40", ", 0 lost");
        assertThat(result.code()).isZero();
        assertThat(file).content().contains("\"lost\":\t0", "\"passed\":\ttrue");
        assertThat(figure(Files.readString(file), "received/count")).isEqualTo(40);
    }

    /** A broker that answers late is not flattered: the time counts from when a message should have left. */
    @Test
    void missedLimitsHaveACodeOfTheirOwn() {
        Result result = run("bench pub -c 1 -i 0 -q 1 --rate 100 --messages 10 --max-p99 1ns --min-rate 100000");

        assertThat(result.out())
                .contains("MISSED: p99 is", "at most 0 µs asked", "MISSED: ", "at least 100000.0 asked");
        assertThat(result.code()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "bench ! conn, pub, sub or p2p",
                "bench up ! conn, pub, sub or p2p",
                "bench p2p -m x ! leave out -m",
                "bench p2p -s 8 ! at least 16 bytes",
                "bench pub --rate 5 -im 5 ! exclude each other",
                "bench pub --rate 0 ! greater than 0",
                "bench pub --max-p99 20 ! time with its unit",
                "bench pub -t a/# ! 'a/#' of -t is not valid",
            })
    void wrongUsage(String command, String sentence) {
        Result result = run(command);

        assertThat(result.err()).contains(sentence.strip());
        assertThat(result.code()).isEqualTo(1);
    }
}
