package io.dunlin.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The working tree that these tests run in. */
final class Repository {
    private Repository() {}

    /** The top folder: the nearest one above the working directory that holds {@code .editorconfig}. */
    static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve(".editorconfig"))) {
            var parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("run the checks inside the repository");
            }
            folder = parent;
        }
        return folder;
    }

    /** All Java sources below {@code <module>/src/main} and {@code <module>/src/test}. */
    static List<JavaSource> sources() {
        var sources = new ArrayList<JavaSource>();
        for (var module : modules()) {
            for (var kind : JavaSource.Kind.values()) {
                var folder = module.resolve("src").resolve(kind.folder()).resolve("java");
                for (var file : filesBelow(folder, ".java")) {
                    sources.add(new JavaSource(
                            module.getFileName().toString(),
                            kind,
                            root().relativize(file).toString(),
                            read(file)));
                }
            }
        }
        return sources;
    }

    /** The folders of all modules that have sources. */
    static List<Path> modules() {
        try (Stream<Path> folders = Files.list(root())) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve("src")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files below a folder whose name ends so; none when there is no such folder. */
    static List<Path> filesBelow(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a list among the resources, without blank lines and comments ({@code #}). */
    static List<String> list(String name) {
        return read(root().resolve("checks/src/test/resources").resolve(name))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
