package io.dunlin.checks;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The classes that a page names: every {@code `CamelCase`} in it must be a type of ours or of the JDK. */
final class ArchitecturePage {
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE =
            Pattern.compile("(?<![\\w./-])([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)*)(?![\\w/-])(?!\\.(md|txt|xml)\\b)");
    private static final List<String> JDK =
            List.of("java.lang.", "java.util.", "java.util.concurrent.", "java.nio.", "java.util.concurrent.atomic.");

    private ArchitecturePage() {}

    static List<Finding> unknownTypes(String name, String page, Set<String> typesOfOurs) {
        var unknown = new TreeSet<String>();
        var code = CODE.matcher(page);
        while (code.find()) {
            var type = TYPE.matcher(code.group(1));
            while (type.find()) {
                if (!typesOfOurs.contains(type.group(1)) && !isOfJdk(type.group(1))) {
                    unknown.add(type.group(1));
                }
            }
        }
        return unknown.stream()
                .map(type -> new Finding(name, "names the class " + type + ", which does not exist"))
                .toList();
    }

    private static boolean isOfJdk(String type) {
        return JDK.stream()
                .anyMatch(prefix ->
                        ClassLoader.getPlatformClassLoader().getResource(prefix.replace('.', '/') + type + ".class")
                                != null);
    }
}
