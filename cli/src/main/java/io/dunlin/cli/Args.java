package io.dunlin.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options that were given, by the first name that {@link OptionTable} knows them by. */
final class Args {
    private final Map<String, OptionSpec> byName;
    private final String command;

    private Args(String command, Map<String, OptionSpec> byName) {
        this.command = command;
        this.byName = byName;
    }

    /**
     * Of the words of a command line.
     *
     * @throws UsageException where an option is unknown or lacks its value, or a word is no option
     */
    static Args parse(String command, List<Opt> table, List<String> words) {
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        Map<String, OptionSpec> byName = new HashMap<>();
        CommandLine parser = new CommandLine(spec(command, table, byName));
        parser.setExpandAtFiles(false)
                .setOverwrittenOptionsAllowed(true)
                .setPosixClusteredShortOptionsAllowed(false)
                .setAllowOptionsAsOptionParameters(true)
                .setEndOfOptionsDelimiter("\0") // -- is a value like any other
                .setUnmatchedArgumentsAllowed(true);
        try {
            CommandLine.ParseResult result = parser.parseArgs(words.toArray(new String[0]));
            if (!result.unmatched().isEmpty()) {
                throw unknown(command, result.unmatched().get(0), byName);
            }
        } catch (CommandLine.MissingParameterException e) {
            throw new UsageException("Option " + nameIn(e, words) + " lacks its value.");
        } catch (CommandLine.ParameterException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        return new Args(command, byName);
    }

    static CommandSpec spec(String command, List<Opt> table, Map<String, OptionSpec> byName) {
        CommandSpec spec = CommandSpec.create().name(command);
        for (Opt opt : table) {
            OptionSpec option = option(opt);
            byName.put(opt.firstName(), option);
            spec.addOption(option);
        }
        return spec;
    }

    private static OptionSpec option(Opt opt) {
        OptionSpec.Builder builder = OptionSpec.builder(opt.names().split(" "))
                .paramLabel(opt.label())
                .description(opt.description());
        return switch (opt.kind()) {
            case FLAG -> builder.type(boolean.class).arity("0").build();
            case VALUE -> builder.type(String.class).arity("1").build();
            case LIST ->
                builder.type(List.class).auxiliaryTypes(String.class).arity("1").build();
            case PROPERTY ->
                builder.type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("3..4")
                        .parameterConsumer((words, option, line) -> takeProperty(words, option))
                        .build();
        };
    }

    /** The words of one -D, joined to one entry of the list. */
    private static void takeProperty(java.util.Stack<String> words, CommandLine.Model.ArgSpec option) {
        List<List<String>> all = new ArrayList<>();
        if (option.getValue() instanceof List<?> before) {
            for (Object entry : before) {
                all.add(((List<?>) entry).stream().map(String.class::cast).toList());
            }
        }
        int values = words.size() >= 2 && words.get(words.size() - 2).equals("user-property") ? 2 : 1;
        if (words.size() < 2 + values) {
            throw new UsageException("Option -D needs a command, a property and "
                    + (values == 2 ? "a key and a value" : "a value") + ", as in -D publish content-type text/plain.");
        }
        List<String> entry = new ArrayList<>();
        for (int i = 0; i < 2 + values; i++) {
            entry.add(words.pop());
        }
        all.add(entry);
        option.setValue(all);
    }

    private static UsageException unknown(String command, String word, Map<String, OptionSpec> byName) {
        if (!word.startsWith("-")) {
            return new UsageException("'" + word + "' is no option: does a value before it need quotes?");
        }
        String near = null;
        int best = 3;
        for (OptionSpec option : byName.values()) {
            for (String name : option.names()) {
                int distance = distance(word, name);
                if (distance < best && name.length() > 2) {
                    best = distance;
                    near = name;
                }
            }
        }
        return new UsageException("Unknown option '" + word + "'"
                + (near == null ? "; see 'dunlin " + command + " --help'." : "; did you mean " + near + "?"));
    }

    /** How many letters to change, add or leave out. */
    static int distance(String a, String b) {
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

    private static String nameIn(CommandLine.MissingParameterException e, List<String> words) {
        List<CommandLine.Model.ArgSpec> missing = e.getMissing();
        if (!missing.isEmpty() && missing.get(0) instanceof OptionSpec option) {
            for (String name : option.names()) {
                if (words.contains(name)) {
                    return name;
                }
            }
            return option.longestName();
        }
        return "at the end";
    }

    boolean has(String name) {
        Object value = spec(name).getValue();
        return value instanceof Boolean flag ? flag : value != null;
    }

    @Nullable
    String text(String name) {
        return spec(name).getValue() instanceof String text ? text : null;
    }

    String text(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    /** Every value of a repeatable option. */
    List<String> list(String name) {
        List<String> values = new ArrayList<>();
        if (spec(name).getValue() instanceof List<?> all) {
            for (Object value : all) {
                values.add((String) value);
            }
        }
        return values;
    }

    /** The words of every -D: command, property and one or two values. */
    List<List<String>> properties() {
        List<List<String>> entries = new ArrayList<>();
        if (spec("-D").getValue() instanceof List<?> all) {
            for (Object entry : all) {
                List<String> words = new ArrayList<>();
                for (Object word : (List<?>) entry) {
                    words.add((String) word);
                }
                entries.add(words);
            }
        }
        return entries;
    }

    /** @throws UsageException where it is no whole number from min to max */
    long number(String name, long min, long max, long absent) {
        String text = text(name);
        return text == null ? absent : number(name, text, min, max);
    }

    static long number(String name, String text, long min, long max) {
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
    double seconds(String name, double min, double absent) {
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

    private OptionSpec spec(String name) {
        OptionSpec option = byName.get(name);
        if (option == null) {
            throw new IllegalArgumentException(command + " has no option " + name);
        }
        return option;
    }

    /** Whether this command has the option at all. */
    boolean knows(String name) {
        return byName.containsKey(name);
    }
}
