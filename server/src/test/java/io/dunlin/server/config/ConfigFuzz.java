package io.dunlin.server.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration file under a fuzzer that watches which branches are taken ({@code JAZZER_FUZZ=1}), started by name. */
public class ConfigFuzz {
    @FuzzTest(maxDuration = "10m")
    public void isTakenOrRefused(byte[] data) throws IOException {
        Path file = Files.createTempFile("fuzz", ".conf");
        try {
            ConfigFuzzTest.isTaken(file, data);
        } finally {
            Files.delete(file);
        }
    }
}
