package io.dunlin.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.fleet.payload.SparkplugPayload;
import io.dunlin.fleet.payload.SparkplugPayload.Metric;
import io.dunlin.fleet.payload.Value;
import io.dunlin.fleet.scenario.Scenario;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FleetTest {
    private static Recorder.Line one(String device, long seconds) {
        return recorder(device).runSeconds(seconds).line("d-1");
    }

    private static Recorder recorder(String device) {
        return new Recorder(Scenario.parse("test.conf", "start-ramp = 0 s\ndevices { d { " + device + " } }"), 1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<String> builtIn() {
        return Scenario.builtIn().stream();
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void theSameSeedGivesTheSameMessagesByteForByte(String name) {
        var first = new Recorder(Scenario.builtIn(name), 42, 0.3).runSeconds(300);
        var again = new Recorder(Scenario.builtIn(name), 42, 0.3).runSeconds(300);
        var other = new Recorder(Scenario.builtIn(name), 43, 0.3).runSeconds(300);
        assertThat(again.events()).isEqualTo(first.events());
        assertThat(other.events()).isNotEqualTo(first.events());
        assertThat(first.lines.values())
                .allSatisfy(line -> assertThat(line.messages).isNotEmpty());
    }

    @Test
    void aDeviceSaysTheSameHoweverManyOthersThereAre() {
        var few = new Recorder(Scenario.builtIn("furnace"), 42, 0.05).runSeconds(60);
        var many = new Recorder(Scenario.builtIn("furnace"), 42, 1).runSeconds(60);
        var temperatures = few.line("furnace-001").texts("/power");
        assertThat(temperatures).isNotEmpty();
        assertThat(many.lines).hasSize(20);
        assertThat(many.line("furnace-001").messages.size()).isPositive();
    }

    @Test
    void publishesAtItsRate() {
        var line = one("publish { a { topic = t, every = 2 s, qos = 1, retain = true } }", 100);
        assertThat(line.texts("t")).hasSize(50).startsWith("1", "2", "3");
        assertThat(line.messages).allMatch(message -> message.qos().value() == 1 && message.retain());
    }

    @Test
    void saysOnlyWhatChangedAndOnlyWhileItIsAsked() {
        var line = one(
                "signals { s { kind = step, values = [a, b], every = 30 s }, f { kind = step, values = [0, 1], every = 60 s } }\n"
                        + "publish { a { topic = t, on-change = s }, w { topic = w, every = 1 s, when = f } }",
                120);
        assertThat(line.texts("t")).containsExactly("a", "b", "a", "b");
        assertThat(line.texts("w")).hasSize(60);
    }

    @Test
    void dropsItsConnectionAndKeepsWhatIsWorthIt() {
        var line = one(
                "drops { every = 60 s, away = 20 s }, state { topic = presence }\n"
                        + "publish { lost { topic = lost, every = 1 s }, kept { topic = kept, every = 1 s, qos = 1 } }",
                150);
        assertThat(line.secondsOf(event -> event.equals("cut"))).containsExactly(60L, 140L);
        assertThat(line.secondsOf(event -> event.equals("connect"))).containsExactly(0L, 80L);
        assertThat(line.texts("lost")).hasSizeBetween(118, 122);
        assertThat(line.texts("kept").subList(0, 130)).startsWith("1", "2").endsWith("130");
        assertThat(line.wills)
                .hasSize(2)
                .allMatch(
                        will -> will.retain() && new String(will.payload(), StandardCharsets.UTF_8).equals("offline"));
        assertThat(line.texts("presence")).containsExactly("online", "online");
    }

    @Test
    void sleepsAndSaysGoodbyeBefore() {
        var line = one(
                "sleep { awake = 5 s, asleep = 55 s }, state { topic = presence }\npublish { a { topic = t, every = 1 h } }",
                179);
        assertThat(line.secondsOf(event -> event.equals("connect"))).containsExactly(0L, 60L, 120L);
        assertThat(line.secondsOf(event -> event.equals("disconnect"))).containsExactly(5L, 65L, 125L);
        assertThat(line.texts("t")).containsExactly("1", "2", "3");
        assertThat(line.texts("presence"))
                .containsExactly("online", "offline", "online", "offline", "online", "offline");
    }

    @Test
    void hasNoConnectionInATunnel() {
        var line = one(
                "signals { v { kind = step, values = [0, 1], every = 10 s } }, cut-while = v\npublish { a { topic = t, every = 1 s } }",
                39);
        assertThat(line.secondsOf(event -> event.equals("cut"))).containsExactly(10L, 30L);
        assertThat(line.secondsOf(event -> event.equals("connect"))).containsExactly(0L, 20L);
    }

    @Test
    void comesBackAfterPausesThatGrow() {
        var recorder = recorder("publish { a { topic = t, every = 1 s } }").runSeconds(1);
        var line = recorder.line("d-1");
        line.refuses = true;
        line.listener.closed(line.attempt, "the broker went away");
        recorder.runSeconds(200);
        List<Long> attempts = line.secondsOf(event -> event.equals("connect"));
        assertThat(attempts.size()).isBetween(6, 11);
        assertThat(attempts.get(4) - attempts.get(3)).isGreaterThan(attempts.get(2) - attempts.get(1));
        line.refuses = false;
        recorder.runSeconds(120);
        assertThat(recorder.fleet.tallies().get(0).online()).isOne();
        assertThat(recorder.fleet.tallies().get(0).losses()).isOne();
        assertThat(recorder.fleet.tallies().get(0).failures()).isEqualTo(attempts.size() - 1);
    }

    @Test
    void aSlowLinkDelaysAndALossyOneBreaks() {
        var slow = one(
                "network { latency = 2500 ms }, publish { a { topic = t, every = 10 s, payload = \"{millis}\" } }",
                100);
        for (int i = 0; i < slow.messages.size(); i++) {
            long said = Long.parseLong(slow.messages.get(i).text()) - 1_767_258_000_000L;
            long sent = Long.parseLong(slow.events
                            .get(i + 1)
                            .substring(0, slow.events.get(i + 1).indexOf(' ')))
                    / 1_000_000;
            assertThat(sent - said).isBetween(2499L, 2501L);
        }
        var lossy = one(
                "network { loss = 5 %, back-after = 2 s }, publish { a { topic = t, every = 1 s, qos = 1 } }", 1000);
        assertThat(lossy.secondsOf(event -> event.equals("cut")).size()).isBetween(20, 80);
        assertThat(new HashSet<>(lossy.texts("t")).size()).isGreaterThan(990);
    }

    @Test
    void obeysCommands() {
        var recorder = recorder("""
                signals { f { kind = furnace, setpoint = 900 } }
                state { topic = presence }
                publish { p { topic = setpoint, on-change = f.setpoint } }
                commands { topic = "x/{id}/cmd", text = f.setpoint, answer = answer }
                """);
        var line = recorder.runSeconds(5).line("d-1");
        assertThat(line.events).anyMatch(event -> event.endsWith("subscribe x/d-1/cmd"));
        line.listener.received("x/d-1/cmd", utf8("{\"setpoint\": 850, \"f.power\": false, \"paint\": 1}"));
        recorder.runSeconds(1);
        assertThat(line.texts("setpoint")).containsExactly("900", "850");
        assertThat(line.texts("answer"))
                .containsExactly("{\"done\":{\"setpoint\":\"done\",\"f.power\":\"done\",\"paint\":\"unknown\"}}");
        line.listener.received("x/d-1/cmd", utf8("700"));
        recorder.runSeconds(1);
        assertThat(line.texts("setpoint")).endsWith("700");
        line.listener.received("x/d-1/cmd", utf8("{\"reboot\": true}"));
        recorder.runSeconds(10);
        assertThat(line.texts("presence")).containsExactly("online", "offline", "online");
    }

    @Test
    void aSparkplugNodeIsBornSpeaksAndDies() {
        var recorder = recorder("""
                drops { every = 100 s, away = 5 s }
                signals { s { kind = step, values = [1, 2], every = 10 s }, k { kind = constant, value = true } }
                sparkplug { group = G, every = 1 s, metrics { "A" = "{s}", "K" = "{k}" }, devices { x { metrics { "B" = "{s}" } } } }
                """);
        var line = recorder.runSeconds(99).line("d-1");
        assertThat(line.messages.get(0).topic().text()).isEqualTo("spBv1.0/G/NBIRTH/d-1");
        assertThat(line.messages.get(1).topic().text()).isEqualTo("spBv1.0/G/DBIRTH/d-1/x");
        List<SparkplugPayload> payloads = line.messages.stream()
                .map(m -> SparkplugPayload.parse(m.payload()))
                .toList();
        assertThat(payloads.get(0).metrics())
                .extracting(Metric::name)
                .containsExactly("bdSeq", "Node Control/Rebirth", "A", "K");
        assertThat(payloads)
                .extracting(SparkplugPayload::seq)
                .startsWith(0, 1, 2, 3, 4)
                .hasSize(2 + 2 * 9);
        assertThat(payloads.get(2).metrics()).extracting(Metric::name).containsExactly("A");
        assertThat(line.wills.get(0).topic().text()).isEqualTo("spBv1.0/G/NDEATH/d-1");
        assertThat(bdSeq(SparkplugPayload.parse(line.wills.get(0).payload()))).isEqualTo(bdSeq(payloads.get(0)));

        var rebirth = new SparkplugPayload(0, List.of(new Metric("Node Control/Rebirth", Value.of(true), 0)), 0);
        line.listener.received("spBv1.0/G/NCMD/d-1", rebirth.bytes());
        recorder.runSeconds(0);
        assertThat(line.messages.get(line.messages.size() - 2).topic().text()).isEqualTo("spBv1.0/G/NBIRTH/d-1");
        recorder.runSeconds(10);
        assertThat(line.wills).hasSize(2);
        assertThat(bdSeq(SparkplugPayload.parse(line.wills.get(1).payload()))).isEqualTo(Value.of(1));
        recorder.fleet.stop(() -> {});
        recorder.runSeconds(0);
        assertThat(line.messages.get(line.messages.size() - 1).topic().text()).isEqualTo("spBv1.0/G/NDEATH/d-1");
    }

    private static Value bdSeq(SparkplugPayload payload) {
        return payload.metrics().get(0).value();
    }

    @Test
    void startsItsDevicesOneAfterTheOther() {
        var scenario = Scenario.parse(
                "test.conf",
                "start-ramp = 100 s\ndevices { d { count = 100, publish { a { topic = t, every = 1 h } } } }");
        var recorder = new Recorder(scenario, 1).runSeconds(50);
        assertThat(recorder.fleet.tallies().get(0).online()).isBetween(49L, 51L);
        assertThat(recorder.runSeconds(50).fleet.tallies().get(0).online()).isEqualTo(100);
    }

    @Test
    void tenThousandDevicesLiveOnOneThread() {
        var recorder = new Recorder(Scenario.builtIn("mixed"), 1, 10_000 / 127.0).runSeconds(10);
        long online = recorder.fleet.tallies().stream().mapToLong(Tally::online).sum();
        assertThat(recorder.lines.size()).isBetween(9_950, 10_050);
        assertThat(online).isGreaterThan(6_000);
    }

    @Test
    void stopsInGoodOrder() {
        var recorder = recorder("state { topic = presence }, publish { a { topic = t, every = 1 s } }")
                .runSeconds(10);
        recorder.fleet.stop(() -> {});
        int events = recorder.runSeconds(0).line("d-1").events.size();
        assertThat(recorder.line("d-1").texts("presence")).containsExactly("online", "offline");
        recorder.runSeconds(100);
        assertThat(recorder.line("d-1").events)
                .hasSize(events)
                .last()
                .asString()
                .endsWith("disconnect");
    }
}
