package io.dunlin.server.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads a mosquitto.conf into its lines, with the folders that it includes. */
final class MosquittoConf {
    private static final int DEPTH_MAX = 10; // as in Mosquitto
    private static final long FILE_BYTES_MAX = 4 << 20;

    private final List<Directive> directives = new ArrayList<>();

    private MosquittoConf() {}

    /** @throws NotImported where a file cannot be read */
    static List<Directive> read(Path file) throws NotImported {
        MosquittoConf conf = new MosquittoConf();
        conf.file(file, 0);
        return List.copyOf(conf.directives);
    }

    private void file(Path file, int depth) throws NotImported {
        if (depth > DEPTH_MAX) {
            throw new NotImported(
                    file + " is included more than " + DEPTH_MAX + " levels deep: does it include itself?");
        }
        int number = 0;
        for (String raw : lines(file)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("[ \t]+", 2);
            Directive directive = new Directive(file, number, words[0], words.length > 1 ? words[1].strip() : "");
            if (directive.key().equals("include_dir")) {
                folder(directive, depth);
            } else {
                directives.add(directive);
            }
        }
    }

    private void folder(Directive directive, int depth) throws NotImported {
        Path folder = besides(directive);
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(path -> path.getFileName().toString().endsWith(".conf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new NotImported(directive.place() + ": include_dir " + directive.value()
                    + " cannot be read: run this where Mosquitto runs, as a user who may read its files");
        }
        for (Path file : files) {
            file(file, depth + 1);
        }
    }

    private static List<String> lines(Path file) throws NotImported {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new NotImported(file + " is larger than 4 MiB, so it is no mosquitto.conf");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new NotImported(file + (Files.exists(file) ? " cannot be read by this user" : " does not exist")
                    + ": give the path of Mosquitto's configuration file");
        }
    }

    /** The file or folder that a line names: a relative path begins at the file in which it stands. */
    static Path besides(Directive directive) {
        Path named = Path.of(directive.value());
        return directive.file().toAbsolutePath().resolveSibling(named).normalize();
    }
}
