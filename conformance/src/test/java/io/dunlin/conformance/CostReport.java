package io.dunlin.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the tests of costs counted, for those who set the bounds: {@code target/costs.txt}. */
final class CostReport {
    private static final Path FILE = Path.of("target", "costs.txt");

    private CostReport() {}

    static void line(String line) {
        try {
            Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
