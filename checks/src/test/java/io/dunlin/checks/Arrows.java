package io.dunlin.checks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may use whom, read from {@code arrows.txt}: {@code name -> names it may use}. A {@code *} at the end of a name is any
 * ending, and a {@code !} before it takes it out again.
 */
final class Arrows {
    private static final String OURS = "io.dunlin.";
    private static final Pattern LINE = Pattern.compile("(\\S+)\\s*->\\s*(.*)");

    private final Map<String, List<String>> allowed = new HashMap<>();

    Arrows(List<String> lines) {
        for (var line : lines) {
            var match = LINE.matcher(line);
            if (!match.matches()) {
                throw new IllegalArgumentException("not 'name -> names': " + line);
            }
            allowed.put(match.group(1), List.of(match.group(2).strip().split("\\s+")));
        }
    }

    /** Every use that no line allows. A module or package of ours without a line is a finding too. */
    List<Finding> findings(List<ClassReferences> classes) {
        var moduleOf = new HashMap<String, String>();
        classes.forEach(type -> moduleOf.put(type.packageName(), type.module()));
        var findings = new ArrayList<Finding>();
        for (var type : classes) {
            for (var name : type.names()) {
                var problem = problem(type, name, moduleOf);
                if (problem != null) {
                    findings.add(new Finding(type.name(), problem));
                }
            }
        }
        return findings;
    }

    private @Nullable String problem(ClassReferences type, String name, Map<String, String> moduleOf) {
        var from = type.packageName();
        var to = ClassReferences.packageOf(name);
        if (!name.startsWith(OURS)) {
            return permits(type.module(), name) ? null : type.module() + " must not use " + name;
        }
        var module = moduleOf.get(to);
        if (module == null || from.equals(to)) {
            return null;
        }
        if (!module.equals(type.module())) {
            return permits(type.module(), module)
                    ? null
                    : "module " + type.module() + " must not use " + module + " (" + name + ")";
        }
        return !allowed.containsKey(from + ".") || permits(from + ".", to)
                ? null
                : from + " must not use " + to + " (" + name + ")";
    }

    /** The packages of a module that has package lines, but that have none themselves. */
    List<Finding> unlisted(List<ClassReferences> classes) {
        var packages = new TreeSet<String>();
        var listedModules = new TreeSet<String>();
        for (var type : classes) {
            packages.add(type.module() + " " + type.packageName());
            if (allowed.containsKey(type.packageName() + ".")) {
                listedModules.add(type.module());
            }
        }
        var findings = new ArrayList<Finding>();
        for (var entry : packages) {
            var module = entry.substring(0, entry.indexOf(' '));
            var packageName = entry.substring(entry.indexOf(' ') + 1);
            if (!allowed.containsKey(module)) {
                findings.add(new Finding(module, "module has no line in arrows.txt"));
            } else if (listedModules.contains(module) && !allowed.containsKey(packageName + ".")) {
                findings.add(new Finding(packageName, "package has no line in arrows.txt"));
            }
        }
        return findings;
    }

    private boolean permits(String from, String to) {
        var names = allowed.getOrDefault(from, List.of());
        return names.stream().anyMatch(name -> covers(name, to))
                && names.stream().noneMatch(name -> name.startsWith("!") && covers(name.substring(1), to));
    }

    private static boolean covers(String name, String to) {
        return name.endsWith("*") ? to.startsWith(name.substring(0, name.length() - 1)) : to.equals(name);
    }

    /** Each ring of packages that use each other, as its packages in the order of use. */
    static List<List<String>> cycles(List<ClassReferences> classes) {
        var graph = new TreeMap<String, Set<String>>();
        for (var type : classes) {
            var uses = graph.computeIfAbsent(type.packageName(), name -> new TreeSet<>());
            type.names().stream()
                    .filter(name -> name.startsWith(OURS))
                    .map(ClassReferences::packageOf)
                    .filter(name -> !name.equals(type.packageName()))
                    .forEach(uses::add);
        }
        var cycles = new ArrayList<List<String>>();
        var done = new TreeSet<String>();
        for (var name : graph.keySet()) {
            follow(name, graph, new ArrayList<>(), done, cycles);
        }
        return cycles;
    }

    private static void follow(
            String name,
            Map<String, Set<String>> graph,
            List<String> way,
            Set<String> done,
            List<List<String>> cycles) {
        int seen = way.indexOf(name);
        if (seen >= 0) {
            cycles.add(List.copyOf(way.subList(seen, way.size())));
            return;
        }
        if (done.contains(name)) {
            return;
        }
        way.add(name);
        graph.getOrDefault(name, Set.of()).forEach(next -> follow(next, graph, way, done, cycles));
        way.removeLast();
        done.add(name);
    }
}
