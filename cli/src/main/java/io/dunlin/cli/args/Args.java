package io.dunlin.cli.args;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options that were given, by the first name that {@link OptionTable} knows them by. Read by hand: the grammar is small
 * (no joined letters, as with mosquitto's tools), and a library would take half of the time that pub and sub need to start.
 */
public final class Args {
    private static final String USER_PROPERTY = "user-property";

    private final String command;
    private final int operandsMax;
    private final Map<String, Opt> optionsByName = new HashMap<>();
    private final Map<String, List<String>> valuesByOption = new LinkedHashMap<>();
    private final List<List<String>> properties = new ArrayList<>();
    private final List<String> operands = new ArrayList<>();

    private Args(String command, List<Opt> table, int operandsMax) {
        this.command = command;
        this.operandsMax = operandsMax;
        for (Opt opt : table) {
            for (String name : opt.names().split(" ")) {
                optionsByName.put(name, opt);
            }
        }
    }

    /**
     * Of the words of a command line: {@code --name value}, {@code --name=value}, {@code -n value}. A value may be any word,
     * also one that looks like an option.
     *
     * @param operandsMax how many words that are no options there may be
     * @throws UsageException where an option is unknown or lacks its value, or a word is no option
     */
    public static Args parse(String command, List<Opt> table, List<String> words, int operandsMax) {
        Args args = new Args(command, table, operandsMax);
        int at = 0;
        while (at < words.size()) {
            at = args.take(words, at);
        }
        return args;
    }

    /** @return where the next option stands */
    private int take(List<String> words, int at) {
        String word = words.get(at);
        Opt opt = optionsByName.get(word);
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        if (opt == null && equals > 0) {
            Opt named = optionsByName.get(word.substring(0, equals));
            if (named != null && (named.kind() == Opt.Kind.VALUE || named.kind() == Opt.Kind.LIST)) {
                values(named).add(word.substring(equals + 1));
                return at + 1;
            }
        }
        if (opt == null && !word.startsWith("-") && operands.size() < operandsMax) {
            operands.add(word);
            return at + 1;
        }
        if (opt == null) {
            throw unknown(word);
        }
        return switch (opt.kind()) {
            case FLAG -> {
                values(opt).add("");
                yield at + 1;
            }
            case VALUE, LIST -> {
                if (at + 1 == words.size()) {
                    throw new UsageException("Option " + word + " lacks its value.");
                }
                values(opt).add(words.get(at + 1));
                yield at + 2;
            }
            case PROPERTY -> takeProperty(words, at);
        };
    }

    private List<String> values(Opt opt) {
        return valuesByOption.computeIfAbsent(opt.firstName(), name -> new ArrayList<>());
    }

    /** -D, its command and property, and one value or two. */
    private int takeProperty(List<String> words, int at) {
        boolean pair = at + 2 < words.size() && words.get(at + 2).equals(USER_PROPERTY);
        int end = at + (pair ? 5 : 4);
        if (end > words.size()) {
            throw new UsageException("Option -D needs a command, a property and "
                    + (pair ? "a key and a value" : "a value") + ", as in -D publish content-type text/plain.");
        }
        properties.add(List.copyOf(words.subList(at + 1, end)));
        return end;
    }

    private UsageException unknown(String word) {
        if (!word.startsWith("-")) {
            return new UsageException("'" + word + "' is no option: does a value before it need quotes?");
        }
        String near = null;
        int best = 3;
        for (String name : optionsByName.keySet()) {
            int distance = distance(word, name);
            if (distance < best && name.length() > 2) {
                best = distance;
                near = name;
            }
        }
        return new UsageException("Unknown option '" + word + "'"
                + (near == null ? "; see 'dunlin " + command + " --help'." : "; did you mean " + near + "?"));
    }

    /** How many letters to change, add or leave out. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    public boolean has(String name) {
        return !list(name).isEmpty();
    }

    /** The value that was given last, or null. */
    @Nullable
    public String text(String name) {
        List<String> values = list(name);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    public String text(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    /** Every value of a repeatable option. */
    public List<String> list(String name) {
        Opt opt = optionsByName.get(name);
        if (opt == null) {
            throw new IllegalArgumentException(command + " has no option " + name);
        }
        return valuesByOption.getOrDefault(opt.firstName(), List.of());
    }

    /** Every option that was given, by its first name, with its values, grouped. */
    public List<List<String>> given() {
        List<List<String>> all = new ArrayList<>();
        valuesByOption.forEach((name, values) -> {
            boolean flag = Objects.requireNonNull(optionsByName.get(name)).kind() == Opt.Kind.FLAG;
            values.forEach(value -> all.add(flag ? List.of(name) : List.of(name, value)));
        });
        for (List<String> words : properties) {
            List<String> line = new ArrayList<>(List.of("-D"));
            line.addAll(words);
            all.add(line);
        }
        return all;
    }

    /** Takes an option that was written in another way, for instance as a word alone. */
    public void add(String name, String value) {
        Opt opt = Objects.requireNonNull(optionsByName.get(name));
        values(opt).add(value);
    }

    /** The words that are no options. */
    public List<String> operands() {
        return operands;
    }

    /** The words of every -D: command, property and one or two values. */
    public List<List<String>> properties() {
        return properties;
    }

    /** @throws UsageException where it is no whole number from min to max */
    public long number(String name, long min, long max, long absent) {
        String text = text(name);
        return text == null ? absent : number(name, text, min, max);
    }

    public static long number(String name, String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(
                    name + " must be a whole number from " + min + " to " + max + ", not '" + text + "'.");
        }
        throw new UsageException(name + " must be from " + min + " to " + max + ", not " + text + ".");
    }

    /** @throws UsageException where it is no number of seconds that is at least min */
    public double seconds(String name, double min, double absent) {
        String text = text(name);
        if (text == null) {
            return absent;
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= min && value <= 1e9) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(name + " must be a number of seconds, not '" + text + "'.");
        }
        throw new UsageException(name + " must be at least " + min + " seconds, not " + text + ".");
    }

    /** Whether this command has the option at all. */
    public boolean knows(String name) {
        return optionsByName.containsKey(name);
    }
}
