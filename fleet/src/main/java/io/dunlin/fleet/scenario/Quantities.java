package io.dunlin.fleet.scenario;

import io.dunlin.fleet.model.Span;
import io.dunlin.fleet.payload.Value;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, durations and ranges as they are written. What is none becomes NaN. */
final class Quantities {
    private static final Pattern DURATION = Pattern.compile("([0-9.]+)\\s*([a-z]+)");

    private Quantities() {}

    static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** In seconds. A unit must be given, but for 0. */
    static double seconds(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            return text.equals("0") ? 0 : Double.NaN;
        }
        double unit =
                switch (parts.group(2)) {
                    case "ms", "millis" -> 0.001;
                    case "s", "sec", "second", "seconds" -> 1;
                    case "m", "min", "minute", "minutes" -> 60;
                    case "h", "hour", "hours" -> 3600;
                    case "d", "day", "days" -> 86_400;
                    default -> Double.NaN;
                };
        return number(parts.group(1)) * unit;
    }

    static double share(String text) {
        return text.endsWith("%") ? number(text.substring(0, text.length() - 1).strip()) / 100 : number(text);
    }

    /** One value, or two with {@code ..} between them; the first may borrow the unit of the second: {@code 5 .. 10 s}. */
    static Span span(String text, ToDoubleFunction<String> reader, Block block, String key) {
        int dots = text.indexOf("..");
        if (dots < 0) {
            return new Span(read(text, text, reader, block, key), read(text, text, reader, block, key));
        }
        String first = text.substring(0, dots).strip();
        String second = text.substring(dots + 2).strip();
        Matcher unit = DURATION.matcher(second);
        if (unit.matches() && first.matches("[0-9.]+")) {
            first += " " + unit.group(2);
        }
        Span span = new Span(read(first, text, reader, block, key), read(second, text, reader, block, key));
        if (span.low() > span.high()) {
            throw block.wrong(key, "The range '" + text + "' runs backwards: exchange its ends.");
        }
        return span;
    }

    private static double read(String part, String whole, ToDoubleFunction<String> reader, Block block, String key) {
        double value = reader.applyAsDouble(part);
        if (Double.isNaN(value)) {
            throw block.wrong(
                    key,
                    Double.isNaN(reader.applyAsDouble("1"))
                            ? "'" + key + "' is a duration: write it with its unit (" + key
                                    + " = 30 s, 5 .. 10 min), not '" + whole + "'."
                            : "'" + key + "' is a number or a range of numbers (" + key + " = 5, 5 .. 10), not '"
                                    + whole + "'.");
        }
        return value;
    }

    static Value value(Number number) {
        return number instanceof Double || number instanceof Float
                ? Value.of(number.doubleValue())
                : Value.of(number.longValue());
    }
}
