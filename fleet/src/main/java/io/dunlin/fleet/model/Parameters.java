package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.List;
import java.util.Map;

/**
 * What a scenario says about one signal of one device. A number written as a range ({@code 950 .. 1050}) is drawn once for
 * each device. What cannot be read is a {@code ScenarioError} with file and line.
 */
public interface Parameters {
    boolean has(String key);

    double number(String key, double absent);

    /** A duration in seconds, drawn once. */
    double seconds(String key, double absent);

    /** A duration in seconds that is drawn at each use. */
    Span secondsSpan(String key, Span absent);

    String text(String key, String absent);

    boolean flag(String key, boolean absent);

    /** The values of a list, empty where it is absent. */
    List<Value> values(String key);

    /** The numbers of a list, empty where it is absent. */
    double[] numbers(String key);

    /** A list of lists of numbers, empty where it is absent. */
    List<double[]> rows(String key);

    /** The objects below a key by their names in the order written, empty where it is absent. */
    Map<String, Parameters> objects(String key);

    /** Of this signal on this device alone. */
    Rng rng();

    /** The second of the day (UTC) at which the simulated time begins. */
    double secondOfDay();

    /** The error to throw where the value of the key cannot be used; the sentence says what to write. */
    RuntimeException wrong(String key, String sentence);

    /** The error to throw where the word given for a key is none of those known. */
    RuntimeException wrongWord(String key, String word, List<String> known);
}
