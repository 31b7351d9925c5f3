package io.dunlin.fleet.scenario;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The texts that a scenario was read from: for messages, and for the order of keys, which the HOCON library forgets. */
final class Source {
    private final String name;
    private final List<String> files = new ArrayList<>();
    private final List<List<String>> lines = new ArrayList<>();

    /** A key where it stands: the place of its file among all, line and column. */
    record Key(String name, int file, int line, int column) {}

    Source(String name) {
        this.name = name;
    }

    void add(String file, String text) {
        files.add(file);
        lines.add(text.lines().toList());
    }

    Key root(String called) {
        return new Key(called, 0, 0, 0);
    }

    /** The keys in the order in which they are written. @param parent where the object itself stands */
    List<Key> keys(ConfigObject object, Key parent) {
        List<Key> keys = new ArrayList<>();
        object.forEach((key, value) -> {
            int file = file(value.origin());
            int line = value.origin().lineNumber();
            boolean sameLine = file == parent.file() && line == parent.line();
            keys.add(new Key(key, file, line, column(key, file, line, sameLine ? parent.column() : 0)));
        });
        keys.sort(Comparator.comparingInt(Key::file)
                .thenComparingInt(Key::line)
                .thenComparingInt(Key::column)
                .thenComparing(Key::name));
        return keys;
    }

    private int file(ConfigOrigin origin) {
        String description = origin.description(); // file: line
        return Math.max(0, files.indexOf(description.substring(0, Math.max(0, description.lastIndexOf(": ")))));
    }

    /** Behind the key in its line; 0 where it is not found. */
    private int column(String key, int file, int line, int from) {
        if (line < 1 || file >= lines.size() || line > lines.get(file).size()) {
            return 0;
        }
        String text = lines.get(file).get(line - 1);
        for (int at = text.indexOf(key, from); at >= 0; at = text.indexOf(key, at + 1)) {
            int end = at + key.length();
            if ((at == 0 || !isNamePart(text.charAt(at - 1))) && isKeyEnd(text, end)) {
                return end;
            }
        }
        return 0;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
    }

    private static boolean isKeyEnd(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '"')) {
            at++;
        }
        return at < text.length() && "=:{.+".indexOf(text.charAt(at)) >= 0;
    }

    ScenarioError error(ConfigOrigin origin, String sentence) {
        return error(file(origin), origin.lineNumber(), sentence);
    }

    ScenarioError error(Key key, String sentence) {
        return error(key.file(), key.line(), sentence);
    }

    /** About the whole. */
    ScenarioError error(String sentence) {
        return error(0, 0, sentence);
    }

    private ScenarioError error(int file, int line, String sentence) {
        return new ScenarioError(
                (file < files.size() ? files.get(file) : name) + (line > 0 ? ":" + line : "") + ": " + sentence);
    }
}
