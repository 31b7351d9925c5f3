package io.dunlin.client.jar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** The Java installations of this machine, by the files that say their version. */
final class Jdks {
    private Jdks() {}

    /** The {@code java} program of a feature version, or empty where it is not in the usual places. */
    static Optional<Path> find(int feature) throws IOException {
        List<Path> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")));
        String given = System.getProperty("dunlin.java17");
        if (given != null && !given.isEmpty()) {
            homes.add(Path.of(given).toRealPath().resolve("../..").normalize());
        }
        Path usual = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(usual)) {
            try (Stream<Path> found = Files.list(usual)) {
                homes.addAll(found.sorted().toList());
            }
        }
        for (Path home : homes) {
            if (version(home) == feature && Files.isExecutable(home.resolve("bin/java"))) {
                return Optional.of(home.resolve("bin/java"));
            }
        }
        return Optional.empty();
    }

    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isReadable(release)) {
            return 0;
        }
        Properties said = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            said.load(in);
        }
        String version = said.getProperty("JAVA_VERSION", "\"0\"").replace("\"", "");
        return Runtime.Version.parse(version).feature();
    }
}
