package io.dunlin.fleet.model;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** All kinds of signals by the name that a scenario gives as {@code kind}. */
public final class Signals {
    private static final Map<String, Function<Parameters, Signal>> KINDS = Map.ofEntries(
            Map.entry("random-walk", Generators::randomWalk),
            Map.entry("sine", Generators::sine),
            Map.entry("gaussian", Generators::gaussian),
            Map.entry("noise", Generators::noise),
            Map.entry("step", Generators::step),
            Map.entry("counter", Generators::counter),
            Map.entry("choice", Generators::choice),
            Map.entry("constant", Generators::constant),
            Map.entry("state-machine", Generators::states),
            Map.entry("route", Route::new),
            Map.entry("furnace", Furnace::new),
            Map.entry("vehicle", Vehicle::new),
            Map.entry("home", Home::new),
            Map.entry("pipeline", Pipeline::new),
            Map.entry("meter", Meter::new),
            Map.entry("field", Field::new),
            Map.entry("wearable", Wearable::new),
            Map.entry("drone", Drone::new));

    private Signals() {}

    /** The kinds in alphabetical order. */
    public static List<String> kinds() {
        return List.copyOf(new TreeMap<>(KINDS).keySet());
    }

    /** A new signal of this kind, or the parameters' error where there is no such kind or they do not fit. */
    public static Signal create(String kind, Parameters parameters) {
        Function<Parameters, Signal> maker = KINDS.get(kind);
        if (maker == null) {
            throw parameters.wrongWord("kind", kind, kinds());
        }
        return maker.apply(parameters);
    }
}
