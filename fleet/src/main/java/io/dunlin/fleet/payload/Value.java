package io.dunlin.fleet.payload;

import java.util.List;
import java.util.Map;

/** What a payload or a signal holds. Immutable as long as nobody changes the collections given. */
public sealed interface Value {
    /** Text in UTF-8. */
    record Text(String text) implements Value {}

    /** A whole number. */
    record Whole(long whole) implements Value {}

    /** A number with so many decimals on the wire, 0 to 9, or {@link #ALL_DECIMALS}. */
    record Real(double number, int decimals) implements Value {
        /** The number as it would be read back from the wire. */
        public double rounded() {
            return decimals < 0 ? number : Decimals.round(number, decimals);
        }
    }

    /** True or false. */
    record Flag(boolean on) implements Value {}

    /** Values in order. */
    record Row(List<Value> values) implements Value {}

    /** Named values in order of the map. */
    record Tree(Map<String, Value> fields) implements Value {}

    int ALL_DECIMALS = -1;

    static Value of(double number) {
        return new Real(number, ALL_DECIMALS);
    }

    static Value of(long number) {
        return new Whole(number);
    }

    static Value of(boolean on) {
        return new Flag(on);
    }

    static Value of(String text) {
        return new Text(text);
    }

    /** As it stands within a text: numbers with their decimals, trees and rows as JSON. */
    default String text() {
        return switch (this) {
            case Text value -> value.text();
            case Whole value -> Long.toString(value.whole());
            case Real value -> Decimals.text(value.number(), value.decimals());
            case Flag value -> Boolean.toString(value.on());
            case Row row -> Json.text(row);
            case Tree tree -> Json.text(tree);
        };
    }

    /** The number that this is or that its text says; NaN where it is none. Flags are 1 and 0. */
    default double number() {
        return switch (this) {
            case Text value -> Decimals.parse(value.text());
            case Whole value -> value.whole();
            case Real value -> value.number();
            case Flag value -> value.on() ? 1 : 0;
            case Row row -> Double.NaN;
            case Tree tree -> Double.NaN;
        };
    }

    /** Whether this says yes: true, a number other than 0, "true", "on", "yes" or "open". */
    default boolean truth() {
        return switch (this) {
            case Text value ->
                switch (value.text()) {
                    case "true", "on", "yes", "open", "ON", "1" -> true;
                    default -> false;
                };
            case Whole value -> value.whole() != 0;
            case Real value -> value.number() != 0;
            case Flag value -> value.on();
            case Row row -> false;
            case Tree tree -> false;
        };
    }
}
