package io.dunlin.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Rules that the text of the sources shows: sizes, marks of unfinished work, documentation. */
final class SourceRules {
    static final int FILE_LINES_MAX = 600;
    static final int METHOD_LINES_MAX = 70;

    /** Put together from halves, so that this file does not find itself. */
    private static final Map<String, Pattern> MARKS = Map.of(
            "unfinished work: do it or open an issue", Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"),
            "a disabled test: mend it or delete it", Pattern.compile("@Dis" + "abled\\b|assumeTrue\\(fal" + "se"));

    private SourceRules() {}

    static List<Finding> longFiles(List<JavaSource> sources) {
        return sources.stream()
                .filter(source -> source.text().lines().count() > FILE_LINES_MAX)
                .map(source -> new Finding(source.path(), "more than " + FILE_LINES_MAX + " lines"))
                .toList();
    }

    static List<Finding> longMethods(SyntaxTrees trees) {
        return trees.methods().stream()
                .filter(method -> method.lines() > METHOD_LINES_MAX)
                .map(method -> new Finding(
                        method.path() + ":" + method.line(),
                        method.name() + " has " + method.lines() + " lines, more than " + METHOD_LINES_MAX))
                .toList();
    }

    /** Public types of the main sources without a documentation comment. */
    static List<Finding> undocumented(SyntaxTrees trees) {
        return trees.publicTypes().stream()
                .filter(type -> !type.documented() && type.path().contains("/src/main/"))
                .map(type -> new Finding(type.path(), "public type " + type.name() + " has no documentation comment"))
                .toList();
    }

    static List<Finding> marks(List<JavaSource> sources) {
        var findings = new ArrayList<Finding>();
        for (var source : sources) {
            MARKS.forEach((problem, mark) -> linesWith(mark, source.text())
                    .forEach(line -> findings.add(new Finding(source.path() + ":" + line, problem))));
        }
        return findings;
    }

    /** The numbers of the lines in which the pattern occurs, from 1. */
    static Stream<Integer> linesWith(Pattern pattern, String text) {
        var lines = text.lines().toList();
        return Stream.iterate(1, line -> line + 1)
                .limit(lines.size())
                .filter(line -> pattern.matcher(lines.get(line - 1)).find());
    }
}
