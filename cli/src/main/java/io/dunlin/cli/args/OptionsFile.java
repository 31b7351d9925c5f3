package io.dunlin.cli.args;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files of options, one a line as on the command line. The rest of a line is one value, in quotes or not; # starts a comment
 * line.
 */
public final class OptionsFile {
    private OptionsFile() {}

    /** $XDG_CONFIG_HOME/dunlin, by default ~/.config/dunlin; null where there is no home. */
    public static @Nullable Path folder(Map<String, String> env) {
        String config = env.get("XDG_CONFIG_HOME");
        if (config != null && !config.isEmpty()) {
            return Path.of(config, "dunlin");
        }
        String home = env.get("HOME");
        return home == null || home.isEmpty() ? null : Path.of(home, ".config", "dunlin");
    }

    /** The words of the user's own defaults for a command; none where there is no such file. */
    public static List<String> defaults(String command, Map<String, String> env) {
        Path folder = folder(env);
        Path file = folder == null ? null : folder.resolve(command);
        return file != null && Files.isRegularFile(file) ? words(file) : List.of();
    }

    /** Where the profile of that name is kept. */
    public static Path profileFile(String name, Map<String, String> env) {
        Path folder = folder(env);
        if (folder == null) {
            throw new UsageException("A profile needs a home: set XDG_CONFIG_HOME or HOME.");
        }
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
            throw new UsageException(
                    "The name of a profile has letters, digits, '.', '-' and '_', not '" + name + "'.");
        }
        return folder.resolve("profiles").resolve(name);
    }

    /**
     * The words of a named profile.
     *
     * @throws UsageException also where it holds a password and others may read it
     */
    public static List<String> profile(String name, Map<String, String> env) {
        Path file = profileFile(name, env);
        if (!Files.exists(file)) {
            throw new UsageException("There is no profile '" + name + "': make it with 'dunlin profile save " + name
                    + " OPTIONS', or see 'dunlin profile list'.");
        }
        List<String> words = words(file);
        if (words.contains("-P") && isOpenToOthers(file)) {
            throw new UsageException("The profile " + file + " holds a password and others may read it: chmod 600 it.");
        }
        return words;
    }

    private static boolean isOpenToOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream()
                    .anyMatch(permission -> !permission.name().startsWith("OWNER"));
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a file system without such rights
        }
    }

    /** Writes a file that only its owner can read, in folders that only he can enter. */
    public static void writePrivate(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.deleteIfExists(file);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    /** The line of a file that stands for an option and its values. */
    public static String line(List<String> words) {
        StringBuilder line = new StringBuilder(words.get(0));
        for (String word : words.subList(1, words.size())) {
            if (word.indexOf('\n') >= 0) {
                throw new UsageException("A value with a line end cannot stand in an options file.");
            }
            boolean plain = !word.isEmpty()
                    && word.equals(word.strip())
                    && word.indexOf('"') < 0
                    && word.indexOf('\'') < 0
                    && (words.size() == 2 || word.indexOf(' ') < 0);
            char quote = word.indexOf('"') < 0 ? '"' : '\'';
            line.append(' ').append(plain ? word : quote + word + quote);
        }
        return line.toString();
    }

    /** @throws UsageException where the file cannot be read */
    public static List<String> words(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UsageException("The options file " + file + " cannot be read: does it exist?");
        }
        List<String> words = new ArrayList<>();
        for (String raw : lines) {
            String line = raw.strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                addLine(line, words);
            }
        }
        return words;
    }

    private static void addLine(String line, List<String> words) {
        int space = 0;
        while (space < line.length() && !Character.isWhitespace(line.charAt(space))) {
            space++;
        }
        String option = line.substring(0, space);
        words.add(option.startsWith("-") ? option : "--" + option);
        String rest = line.substring(space).strip();
        if (option.equals("-D") || option.endsWith("property")) {
            words.addAll(split(rest));
        } else if (!rest.isEmpty()) {
            words.add(unquoted(rest));
        }
    }

    private static String unquoted(String text) {
        char first = text.charAt(0);
        boolean quoted = text.length() >= 2 && (first == '"' || first == '\'') && text.endsWith(String.valueOf(first));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** Words as a shell would see them: quotes keep blanks together. */
    public static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
