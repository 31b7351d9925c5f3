package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** pub, sub and rr against a broker of the test's own. */
@Timeout(60)
class CommandsTest {
    private final MiniBroker broker = MiniBroker.start();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private String[] words(String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(1, List.of("-p", broker.port()));
        return words.toArray(new String[0]);
    }

    private Result run(String command) {
        return new Shell().run(words(command));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void retain(String topic, String text) {
        broker.publish(topic, utf8(text), 1, true, Properties.NONE);
    }

    @ParameterizedTest
    @CsvSource({"5, V5", "311, V3_1_1", "31, V3_1", "mqttv5, V5", "3.1.1, V3_1_1"})
    void publishesInAllVersionsAtAllQos(String version, ProtocolVersion expected) throws Exception {
        for (int qos = 0; qos <= 2; qos++) {
            Result result = run("pub -t a/b -m hi -r -q " + qos + " -V " + version);

            assertThat(result).isEqualTo(new Result(0, result.outBytes(), ""));
            assertThat(result.out()).isEmpty();
            assertThat(broker.next(Connect.class).version()).isEqualTo(expected);
            Publish publish = broker.next(Publish.class);
            assertThat(publish.qos().value()).isEqualTo(qos);
            assertThat(publish.retain()).isTrue();
            assertThat(publish.payload()).isEqualTo(utf8("hi"));
            broker.next(Disconnect.class);
        }
    }

    @Test
    void connectCarriesTheOptions() throws Exception {
        run("pub -t t -m m -i me -c -k 17 -x 9 -u user --pw secret --will-topic w --will-payload gone --will-qos 1"
                + " --will-retain -Wd 5 -D connect receive-maximum 7 -Cup a=b -D will user-property k v"
                + " -D disconnect session-expiry-interval 3");

        Connect connect = broker.next(Connect.class);
        assertThat(connect.clientId()).isEqualTo("me");
        assertThat(connect.cleanStart()).isFalse();
        assertThat(connect.keepAliveSeconds()).isEqualTo(17);
        assertThat(connect.username()).isEqualTo("user");
        assertThat(connect.password()).isEqualTo(utf8("secret"));
        assertThat(connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0))
                .isEqualTo(9);
        assertThat(connect.properties().number(Property.RECEIVE_MAXIMUM, 0)).isEqualTo(7);
        assertThat(connect.properties().userProperties()).containsExactly(new UserProperty("a", "b"));
        Will will = Objects.requireNonNull(connect.will());
        assertThat(will.topic().text()).isEqualTo("w");
        assertThat(will.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(will.retain()).isTrue();
        assertThat(will.properties().number(Property.WILL_DELAY_INTERVAL, 0)).isEqualTo(5);
        assertThat(will.properties().userProperties()).containsExactly(new UserProperty("k", "v"));
        assertThat(broker.next(Disconnect.class).properties())
                .isEqualTo(Properties.of(Property.SESSION_EXPIRY_INTERVAL, 3));
    }

    @ParameterizedTest
    @CsvSource({"-c -i a, 4294967295", "-c -i a -x 0, 0", "-x -1, 4294967295", "-x ∞, 4294967295", "-k 5, 0"})
    void sessionExpiry(String options, long seconds) throws Exception {
        run("pub -t t -m m " + options);

        assertThat(broker.next(Connect.class).properties().number(Property.SESSION_EXPIRY_INTERVAL, 0))
                .isEqualTo(seconds);
    }

    @Test
    void publishPropertiesInBothSpellings() throws Exception {
        String[] spellings = {
            "-D publish content-type text -D publish response-topic r -D publish correlation-data c"
                    + " -D publish message-expiry-interval 5 -D publish payload-format-indicator 1"
                    + " -D publish user-property k v",
            "-ct text -rt r -cd c -e 5 -pf 1 -up k=v"
        };
        List<Properties> sent = new ArrayList<>();
        for (String spelling : spellings) {
            run("pub -t t -m m " + spelling);
            sent.add(broker.next(Publish.class).properties());
        }

        assertThat(sent.get(0).text(Property.CONTENT_TYPE)).isEqualTo("text");
        assertThat(sent.get(0).binary(Property.CORRELATION_DATA)).isEqualTo(utf8("c"));
        for (Property property : Property.values()) {
            assertThat(sent.get(0).has(property))
                    .as(property.name())
                    .isEqualTo(sent.get(1).has(property));
        }
    }

    @Test
    void messageComesFromFileOrInput() throws Exception {
        Path file = Files.write(folder.resolve("message"), new byte[] {0, -1, '\n'});
        run("pub -t t -f " + file);
        assertThat(broker.next(Publish.class).payload()).containsExactly(0, -1, '\n');

        new Shell().input("all\nof it\n").run(words("pub -t t -s"));
        assertThat(broker.next(Publish.class).payload()).isEqualTo(utf8("all\nof it\n"));

        run("pub -t t -n");
        assertThat(broker.next(Publish.class).payload()).isEmpty();

        run("pub -t t --payload-size 1000");
        assertThat(broker.next(Publish.class).payload()).hasSize(1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void eachLineIsAMessage(int qos) throws Exception {
        StringBuilder input = new StringBuilder("first\n\nthird\r\n");
        for (int i = 0; i < 10_000; i++) {
            input.append("line ").append(i).append('\n');
        }
        input.append("x".repeat(200_000));
        Result result = new Shell().input(input.toString()).run(words("pub -t t -l -q " + qos));

        assertThat(result.code()).isZero();
        assertThat(broker.next(Publish.class).payload()).isEqualTo(utf8("first"));
        assertThat(broker.next(Publish.class).payload()).isEmpty();
        assertThat(broker.next(Publish.class).payload()).isEqualTo(utf8("third\r"));
        for (int i = 0; i < 10_000; i++) {
            assertThat(broker.next(Publish.class).payload()).isEqualTo(utf8("line " + i));
        }
        assertThat(broker.next(Publish.class).payload()).hasSize(200_000);
    }

    @Test
    void repeats() throws Exception {
        long started = System.nanoTime();
        run("pub -t t -m m -q 1 --repeat 3 --repeat-delay 0.05");

        assertThat(System.nanoTime() - started).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(100));
        for (int i = 0; i < 3; i++) {
            broker.next(Publish.class);
        }
        assertThat(broker.packets).noneMatch(Publish.class::isInstance);
    }

    @Test
    void refusedPublishWarnsAndGivesItsReason() {
        Result result = run("pub -t refused/x -m m -q 1");

        assertThat(result.code()).isEqualTo(135);
        assertThat(result.err()).startsWith("Warning: ").contains("Not authorized");
    }

    @ParameterizedTest
    @CsvSource({
        "5, NOT_AUTHORIZED, 135",
        "5, SERVER_BUSY, 137",
        "311, NOT_AUTHORIZED, 5",
        "311, BAD_USER_NAME_OR_PASSWORD, 4",
        "31, CLIENT_IDENTIFIER_NOT_VALID, 2",
        "311, SERVER_UNAVAILABLE, 3"
    })
    void refusedConnectionGivesTheCodeOfConnack(String version, ReasonCode reason, int code) {
        broker.answerConnectWith(reason, Properties.NONE);
        for (String command : List.of("pub -t t -m m", "sub -t t", "rr -t t -e r -m m")) {
            Result result = run(command + " -V " + version);

            assertThat(result.code()).isEqualTo(code);
            assertThat(result.err()).startsWith("Error: ").contains(reason.text());
        }
    }

    @Test
    void closedPortIsExitCodeOne() throws Exception {
        int closed;
        try (ServerSocket probe = new ServerSocket(0)) {
            closed = probe.getLocalPort();
        }
        Result result = new Shell().run("pub", "-p", String.valueOf(closed), "-t", "t", "-m", "m");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("is the broker running there?");
    }

    @Test
    void passwordComesFromEnvironmentOrFile() throws Exception {
        new Shell().env("SECRET", "one").run(words("pub -t t -m m -u me -pw:env SECRET"));
        assertThat(broker.next(Connect.class).password()).isEqualTo(utf8("one"));

        Path file = Files.writeString(folder.resolve("pw"), "two\nrest\n");
        run("pub -t t -m m -u me --password-file " + file);
        assertThat(broker.next(Connect.class).password()).isEqualTo(utf8("two"));
    }

    @Test
    void defaultsAndProfilesComeFromTheConfigurationFolder() throws Exception {
        Files.createDirectories(folder.resolve("dunlin/profiles"));
        Files.writeString(folder.resolve("dunlin/pub"), "-i from-defaults\n-q 1\n");
        Files.writeString(folder.resolve("dunlin/profiles/line7"), "-i from-profile\n");
        Shell shell = new Shell().env("XDG_CONFIG_HOME", folder.toString());

        shell.run(words("pub -t t -m m"));
        assertThat(broker.next(Connect.class).clientId()).isEqualTo("from-defaults");
        assertThat(broker.next(Publish.class).qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        shell.run(words("pub -t t -m m --profile line7"));
        assertThat(broker.next(Connect.class).clientId()).isEqualTo("from-profile");
        shell.run(words("pub -t t -m m --profile line7 -i from-line"));
        assertThat(broker.next(Connect.class).clientId()).isEqualTo("from-line");
    }

    @Test
    void debugGoesToStandardError() {
        Result result = run("pub -t t -m m -d -u me -P hidden");

        assertThat(result.err())
                .contains("Sent Connect", "Received Connack", "Sent Publish")
                .doesNotContain("hidden");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void printsRetainedAndStopsAtTheCount() throws Exception {
        retain("a/1", "one");
        retain("a/2", "two");

        assertThat(run("sub -t a/1 -C 1").out()).isEqualTo("one\n");
        assertThat(run("sub -t a/2 -C 1 -v").out()).isEqualTo("a/2 two\n");
        assertThat(run("sub -t a/1 -C 1 -N").out()).isEqualTo("one");
        assertThat(run("sub -t a/1 -C 1 -q 1 -F %t|%q|%r|%m").out()).isEqualTo("a/1|1|1|1\n");
        Result json = run("sub -t a/1 -C 1 -J");
        assertThat(json.out()).startsWith("{\"tst\":\"").endsWith(",\"payload\":\"one\"}\n");
        assertThat(json.code()).isZero();
    }

    @Test
    void acknowledgesWhatItPrinted() throws Exception {
        retain("a", "one");
        run("sub -t a -C 1 -q 1");

        assertThat(broker.next(Puback.class).packetId()).isEqualTo(1);
        assertThat(broker.next(Disconnect.class).reason()).isEqualTo(ReasonCode.SUCCESS);
    }

    @Test
    void timeIsUpWithCode27() throws Exception {
        retain("a", "one");
        Result result = run("sub -t a -W 0.3");

        assertThat(result.code()).isEqualTo(27);
        assertThat(result.out()).isEqualTo("one\n");
        assertThat(result.err()).isEqualTo("Timed out\n");
        assertThat(broker.next(Disconnect.class).reason()).isEqualTo(ReasonCode.DISCONNECT_WITH_WILL);
    }

    @Test
    void exitsAfterSubscribing() throws Exception {
        assertThat(run("sub -t a -t b -E").code()).isZero();
        assertThat(broker.next(Subscribe.class).subscriptions()).hasSize(2);
        assertThat(run("sub -U a -U b -E").code()).isZero();
        assertThat(broker.next(Unsubscribe.class).filters()).containsExactly("a", "b");
    }

    @Test
    void subscriptionOptionsAreSent() throws Exception {
        run("sub -t a -q 2 -E -nl -rap --retain-handling never -si 5 -up k=v");

        Subscribe subscribe = broker.next(Subscribe.class);
        assertThat(subscribe.subscriptions())
                .containsExactly(
                        new SubscriptionRequest("a", QoS.EXACTLY_ONCE, true, true, RetainHandling.DO_NOT_SEND));
        assertThat(subscribe.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0))
                .isEqualTo(5);
        assertThat(subscribe.properties().userProperties()).containsExactly(new UserProperty("k", "v"));
    }

    @Test
    void refusedSubscriptionGivesItsReason() {
        Result all = run("sub -t refused/a -W 5");
        assertThat(all.code()).isEqualTo(135);
        assertThat(all.err()).contains("refused/a", "Not authorized");

        Result some = run("sub -t refused/a -t b -W 0.2");
        assertThat(some.code()).isEqualTo(27);
    }

    @Test
    void filtersWhatIsShown() throws Exception {
        retain("a/1", "one");
        retain("a/2", "two");
        CompletableFuture<Result> live = new Shell().start(words("sub -t a/# -R -C 1"));
        CompletableFuture<Result> only = new Shell().start(words("sub -t a/1 --retained-only"));
        broker.next(Subscribe.class);
        broker.next(Subscribe.class);
        broker.publish("a/1", utf8("fresh"), 0, false, Properties.NONE);

        assertThat(live.get(20, TimeUnit.SECONDS).out()).isEqualTo("fresh\n");
        assertThat(only.get(20, TimeUnit.SECONDS).out()).isEqualTo("one\n");
        assertThat(run("sub -t a/# -T a/1 -C 1").out()).isEqualTo("two\n");
    }

    @Test
    void removesRetained() throws Exception {
        retain("a/1", "one");
        assertThat(run("sub -t a/# --remove-retained -C 1").out()).isEqualTo("one\n");

        assertThat(run("sub -t a/# -W 0.2").out()).isEmpty();
    }

    @Test
    void unprintableMessageDoesNotEndTheOthers() throws Exception {
        retain("a/1", "no json");
        Result result = run("sub -t a/1 -F %J -C 1");

        assertThat(result.err()).contains("not JSON");
        assertThat(result.out()).isEqualTo("\n");
    }

    @Test
    void manyMessagesAllComeInOrder() throws Exception {
        CompletableFuture<Result> result = new Shell().start(words("sub -t a -C 20000 -q 1"));
        broker.next(Subscribe.class);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            broker.publish("a", utf8(String.valueOf(i)), i % 2, false, Properties.NONE);
            expected.append(i).append('\n');
        }

        assertThat(result.get(30, TimeUnit.SECONDS).out()).isEqualTo(expected.toString());
    }

    @Test
    void readerThatHasGoneEndsItQuietly() throws Exception {
        retain("a", "one");
        Result result = new Shell().run(List.of(words("sub -t a")), Shell.broken());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        broker.next(Disconnect.class);
    }

    @Test
    void subscriberConnectsAgain() throws Exception {
        CompletableFuture<Result> result = new Shell().start(words("sub -t a -C 1 -W 20"));
        broker.next(Subscribe.class);

        broker.cutAll();
        broker.next(Subscribe.class);
        broker.publish("a", utf8("after"), 0, false, Properties.NONE);

        assertThat(result.get(30, TimeUnit.SECONDS).out()).isEqualTo("after\n");
        assertThat(result.get().err()).contains("Connecting again");
    }

    @Test
    void requestGetsItsResponse() throws Exception {
        CompletableFuture<Result> result =
                new Shell().start(words("rr -t service -e reply/1 -m ask -q 1 -v -cd 42 -W 20"));
        Publish request = broker.next(Publish.class);
        assertThat(request.properties().text(Property.RESPONSE_TOPIC)).isEqualTo("reply/1");
        assertThat(request.properties().binary(Property.CORRELATION_DATA)).isEqualTo(utf8("42"));

        broker.publish("reply/1", utf8("answer"), 1, false, Properties.NONE);

        assertThat(result.get(20, TimeUnit.SECONDS).out()).isEqualTo("reply/1 answer\n");
        assertThat(result.get().code()).isZero();
    }

    @Test
    void requestWithoutResponseTimesOut() {
        Result result = run("rr -t service -e reply/1 -m ask -W 0.2 -V 311");

        assertThat(result.code()).isEqualTo(27);
        assertThat(result.err()).isEqualTo("Timed out\n");
    }
}
