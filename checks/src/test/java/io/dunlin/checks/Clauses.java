package io.dunlin.checks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The normative statements of both specifications, and which of them the sources implement and test.
 *
 * <p>A tag in brackets in a main source, {@code [MQTT-3.3.1-5]} (of MQTT 3.1.1: {@code [MQTT311-3.3.1-5]}), says that the line
 * implements the statement; in brackets or quoted in a test (as of {@code @Clause}) it says that the test checks it.
 */
final class Clauses {
    private static final Pattern ID = Pattern.compile("MQTT(311)?-\\d+(?:\\.\\d+)+-\\d+");
    private static final Pattern IN_BRACKETS = Pattern.compile("\\[(" + ID + "(?:\\s*,\\s*" + ID + ")*)]");
    private static final Pattern QUOTED = Pattern.compile("\"(" + ID + ")\"");

    /** One statement: which side it binds ({@code client}, {@code server}, {@code both}) and its gist. */
    record Statement(String id, String side, String gist) {}

    private final Map<String, Statement> statements = new LinkedHashMap<>();
    private final Map<String, String> exceptions = new LinkedHashMap<>();
    private final Map<String, Set<String>> implemented = new TreeMap<>();
    private final Map<String, Set<String>> tested = new TreeMap<>();

    /** Reads one table: {@code id, side, gist} with a heading line; ids get this prefix instead of {@code MQTT-}. */
    Clauses table(String prefix, String text) {
        text.lines().skip(1).filter(line -> !line.isBlank()).forEach(line -> {
            var cells = line.split("\t", -1);
            var id = prefix + cells[0].substring("MQTT-".length());
            statements.put(id, new Statement(id, cells[1], cells[2]));
        });
        return this;
    }

    /** Reads the list of statements that need no test: {@code id, reason} with a heading line. */
    Clauses exceptions(String text) {
        text.lines()
                .skip(1)
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> {
                    var cells = line.split("\t", -1);
                    if (cells.length != 2 || cells[1].isBlank()) {
                        throw new IllegalArgumentException("not 'id<tab>reason': " + line);
                    }
                    exceptions.put(cells[0], cells[1]);
                });
        return this;
    }

    /** Collects the tags of the sources; the test kit's own sources are helpers and count as neither. */
    Clauses scan(List<JavaSource> sources) {
        for (var source : sources) {
            if (source.kind() == JavaSource.Kind.TEST) {
                collect(IN_BRACKETS, source, tested);
                collect(QUOTED, source, tested);
            } else if (!source.module().equals("testkit")) {
                collect(IN_BRACKETS, source, implemented);
            }
        }
        return this;
    }

    private static void collect(Pattern pattern, JavaSource source, Map<String, Set<String>> into) {
        var match = pattern.matcher(source.text());
        while (match.find()) {
            var ids = ID.matcher(match.group(1));
            while (ids.find()) {
                into.computeIfAbsent(ids.group(), id -> new TreeSet<>()).add(source.path());
            }
        }
    }

    /** The statements that are neither tested nor excepted. */
    List<Statement> missing() {
        return statements.values().stream()
                .filter(statement -> !tested.containsKey(statement.id()) && !exceptions.containsKey(statement.id()))
                .toList();
    }

    /** Tags of statements that do not exist, and exceptions that are not needed. */
    List<Finding> wrong() {
        var findings = new ArrayList<Finding>();
        implemented.forEach((id, paths) -> addUnknown(id, paths.toString(), findings));
        tested.forEach((id, paths) -> addUnknown(id, paths.toString(), findings));
        for (var id : exceptions.keySet()) {
            addUnknown(id, "exceptions.tsv", findings);
            if (tested.containsKey(id)) {
                findings.add(
                        new Finding("exceptions.tsv", id + " is tested in " + tested.get(id) + ", take the line out"));
            }
        }
        return findings;
    }

    private void addUnknown(String id, String place, List<Finding> findings) {
        if (!statements.containsKey(id)) {
            findings.add(new Finding(place, "there is no statement " + id));
        }
    }

    /** One line for each specification, and all that is missing. */
    String summary() {
        var text = new StringBuilder();
        for (var prefix : List.of("MQTT-", "MQTT311-")) {
            var ids = statements.keySet().stream()
                    .filter(id -> id.startsWith(prefix))
                    .toList();
            text.append("%s statements of %s: %d tested, %d with a tag in the sources, %d excepted, %d missing%n"
                    .formatted(
                            ids.size(),
                            prefix.equals("MQTT-") ? "MQTT 5" : "MQTT 3.1.1",
                            ids.stream().filter(tested::containsKey).count(),
                            ids.stream().filter(implemented::containsKey).count(),
                            ids.stream().filter(exceptions::containsKey).count(),
                            missing().stream()
                                    .filter(one -> one.id().startsWith(prefix))
                                    .count()));
        }
        missing().forEach(one -> text.append("  missing: %s (%s) %s%n".formatted(one.id(), one.side(), one.gist())));
        return text.toString();
    }

    /** The whole table in Markdown. */
    String table() {
        var text = new StringBuilder("""
                # Conformance

                The normative statements of MQTT 5 (`MQTT-`) and MQTT 3.1.1 (`MQTT311-`): where they are implemented and tested.

                | statement | side | gist | implemented in | tested in |
                |---|---|---|---|---|
                """);
        for (var one : statements.values()) {
            var reason = exceptions.get(one.id());
            text.append("| %s | %s | %s | %s | %s |%n"
                    .formatted(
                            one.id(),
                            one.side(),
                            one.gist().replace("|", "\\|"),
                            names(implemented.getOrDefault(one.id(), Set.of())),
                            reason == null
                                    ? names(tested.getOrDefault(one.id(), Set.of("**missing**")))
                                    : "*" + reason + "*"));
        }
        return text.toString();
    }

    private static String names(Set<String> paths) {
        return String.join(
                ", ",
                paths.stream().map(path -> path.replaceAll(".*/|\\.java$", "")).toList());
    }
}
