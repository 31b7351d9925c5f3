package io.dunlin.fleet.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.fleet.payload.Value;
import io.dunlin.fleet.scenario.DeviceValues;
import io.dunlin.fleet.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignalsTest {
    private static DeviceValues device(String signal, long seed) {
        return Scenario.parse(
                        "t.conf",
                        "devices { d { signals { s { " + signal + " } }, publish { a { topic = t, every = 1 s } } } }")
                .groups()
                .get(0)
                .instruments()
                .device(1, seed, 1_767_225_600_000L);
    }

    private static Value at(DeviceValues device, double seconds, String name) {
        device.look(seconds, 0);
        return device.value(name);
    }

    private static List<Double> numbers(String signal, long seed, int count, double every, String name) {
        DeviceValues device = device(signal, seed);
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(at(device, i * every, name).number());
        }
        return numbers;
    }

    static Stream<String> models() {
        return Stream.of("furnace", "vehicle", "home", "pipeline", "meter", "field", "wearable", "drone");
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelDoesNotDependOnHowOftenItIsLookedAt(String kind) {
        DeviceValues often = device("kind = " + kind, 5);
        DeviceValues once = device("kind = " + kind, 5);
        for (int second = 0; second < 7200; second += 7) {
            at(often, second, "s");
        }
        String field = often.value("s") instanceof Value.Tree tree
                ? tree.fields().keySet().stream()
                        .filter(name -> List.of("power", "fuel", "energy", "rpm", "imported", "battery")
                                .contains(name))
                        .findFirst()
                        .orElseThrow()
                : "";
        assertThat(at(often, 7200, "s." + field)).isEqualTo(at(once, 7200, "s." + field));
    }

    @ParameterizedTest
    @MethodSource("models")
    void allValuesStayNumbersForADay(String kind) {
        for (int seed = 1; seed <= 5; seed++) {
            DeviceValues device = device("kind = " + kind, seed);
            for (int second = 0; second < 86_400; second += 61) {
                Value.Tree tree = (Value.Tree) at(device, second, "s");
                tree.fields().forEach((name, value) -> {
                    if (value instanceof Value.Real real) {
                        assertThat(real.number()).as(name).isFinite();
                    }
                });
            }
        }
    }

    @Test
    void aFurnaceHoldsItsSetpointAndFollowsANewOne() {
        for (int seed = 1; seed <= 10; seed++) {
            DeviceValues furnace = device("kind = furnace, setpoint = 950", seed);
            List<Double> temperatures = new ArrayList<>();
            for (int second = 0; second < 8 * 3600; second += 10) {
                temperatures.add(at(furnace, second, "s.temperature").number());
            }
            assertThat(temperatures.stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElse(0))
                    .isBetween(925.0, 975.0);
            assertThat(temperatures).allMatch(temperature -> temperature > 850 && temperature < 1020);
            assertThat(temperatures.stream()
                            .mapToDouble(Double::doubleValue)
                            .min()
                            .orElse(0))
                    .isLessThan(945);
            furnace.command("setpoint", Value.of(800));
            assertThat(at(furnace, 12 * 3600, "s.temperature").number()).isBetween(740.0, 840.0);
        }
    }

    @Test
    void aVehicleKeepsToItsLimitBurnsFuelAndMeetsTheTunnel() {
        DeviceValues van = device("kind = vehicle, limit = 50", 3);
        double maximum = 0;
        boolean tunnel = false;
        double lowest = 100;
        for (int second = 0; second < 20 * 3600; second++) {
            maximum = Math.max(maximum, at(van, second, "s.speed").number());
            tunnel |= van.value("s.tunnel").truth();
            lowest = Math.min(lowest, van.value("s.fuel").number());
        }
        assertThat(maximum).isBetween(45.0, 51.5);
        assertThat(tunnel).isTrue();
        assertThat(lowest).isBetween(0.0, 70.0);
        assertThat(van.value("s.odometer").number()).isBetween(100.0, 900.0);
    }

    @Test
    void aMeterOnlyCountsUp() {
        List<Double> readings = numbers("kind = meter", 4, 1000, 60, "s.imported");
        assertThat(readings).isSorted();
        assertThat(readings.get(999) - readings.get(0)).isBetween(1.0, 60.0);
    }

    @Test
    void irrigationWetsTheSoil() {
        DeviceValues dry = device("kind = field, start = 15, rain-every = 365 d", 1);
        DeviceValues wet = device("kind = field, start = 15, rain-every = 365 d", 1);
        at(wet, 0, "s");
        assertThat(wet.command("s.irrigate", Value.of(60))).isTrue();
        assertThat(at(wet, 3600, "s.moisture").number())
                .isGreaterThan(at(dry, 3600, "s.moisture").number() + 2);
    }

    @Test
    void aDroneFliesAndComesHome() {
        DeviceValues drone = device("kind = drone", 2);
        List<String> states = new ArrayList<>();
        for (int second = 0; second < 3 * 3600; second++) {
            String state = at(drone, second, "s.state").text();
            if (states.isEmpty() || !states.get(states.size() - 1).equals(state)) {
                states.add(state);
            }
            assertThat(drone.value("s.battery").number()).isPositive();
        }
        assertThat(states).containsSequence("climbing", "surveying", "returning", "landing", "charging");
    }

    @Test
    void generatorsKeepToTheirBounds() {
        assertThat(numbers("kind = random-walk, min = 5, max = 6, step = 3", 1, 500, 1, "s"))
                .allMatch(v -> v >= 5 && v <= 6);
        assertThat(numbers("kind = noise, min = -1, max = 1", 1, 500, 1, "s")).allMatch(v -> v >= -1 && v <= 1);
        assertThat(numbers("kind = counter, start = 3, by = 2, wrap = 9", 1, 5, 1, "s"))
                .containsExactly(3.0, 5.0, 7.0, 3.0, 5.0);
        assertThat(numbers("kind = sine, mean = 10, amplitude = 2, period = 4 s", 1, 4, 1, "s")
                        .get(1))
                .isEqualTo(12);
        double mean = numbers("kind = gaussian, mean = 4, deviation = 2", 1, 5000, 1, "s").stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        assertThat(mean).isBetween(3.9, 4.1);
        assertThat(numbers("kind = choice, of = [1, 2], weights = [9, 1]", 1, 1000, 1, "s").stream()
                        .filter(v -> v == 1)
                        .count())
                .isBetween(850L, 950L);
        assertThat(numbers(
                        "kind = route, points = [[50, 8], [50.01, 8]], speed = 36, loop = false",
                        1,
                        100,
                        10,
                        "s.latitude"))
                .allMatch(v -> v >= 50 && v <= 50.01);
    }

    @Test
    void aRangeIsDrawnForEachDevice() {
        var group = Scenario.parse(
                        "t.conf",
                        "devices { d { count = 50, signals { s { kind = constant, value = 1 }, f { kind = furnace, setpoint = 900 .. 1000 } }, publish { a { topic = t, every = 1 s } } } }")
                .groups()
                .get(0);
        List<Double> setpoints = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            setpoints.add(
                    group.instruments().device(i, 1, 0).value("f.setpoint").number());
        }
        assertThat(setpoints).allMatch(v -> v >= 900 && v <= 1000).doesNotHaveDuplicates();
    }
}
