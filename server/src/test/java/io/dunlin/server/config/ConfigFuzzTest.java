package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever stands in a file, it is either taken or refused with problems that say where; never anything else. A seed is tried
 * again with {@code -Ddunlin.seed=N}.
 */
class ConfigFuzzTest {
    private static final int ROUNDS = 300;
    private static final String SEED = """
            node { name = gull } # comment
            listeners { "a b" { type = tcp, bind = "127.0.0.1:1883", max-connections = 10 } }
            mqtt { max-packet-size = 1MiB, max-keepalive = 60s, queue-full-policy = drop-oldest }
            mqtt.max-inflight-messages = ${mqtt.receive-maximum}
            mqtt.receive-maximum = 20
            authentication.users { bob { password = \"""x\""" } }
            sys.interval = 5 s, log.level = warn, shards = 2
            """;
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "=",
            ":",
            ",",
            "\"",
            "\"\"\"",
            "${",
            "${?x}",
            "}",
            "#",
            "//",
            "\n",
            "\0",
            "\ud83d",
            "é",
            "include \"x\"",
            "include url(\"http://127.0.0.1:1/\")",
            "+=",
            "null",
            "true",
            "-1",
            "1e999",
            "99999999999999999999",
            "1EiB",
            "10000000d",
            "mqtt",
            "listeners",
            ".",
            "..",
            "\\u12",
            "bind = \"unix:\"",
            "\ufeff");

    @Test
    void neverFailsInAnyOtherWay(@TempDir Path folder) throws IOException {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutate(SEED, random);
            try {
                taken += isTaken(folder.resolve("fuzz.conf"), text.getBytes(StandardCharsets.UTF_8)) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + " round " + round + ":\n" + text, e);
            }
        }
        assertThat(taken).as("some files are taken, seed %d", seed).isBetween(1, ROUNDS - 1);
    }

    /** Whether a file with this content is taken; anything but that and a refusal with problems is thrown. */
    static boolean isTaken(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        try {
            ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()));
            return true;
        } catch (InvalidConfig e) {
            assertThat(e.problems()).isNotEmpty();
            return false;
        }
    }

    private static String mutate(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(out.length());
            int end = Math.min(out.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> out.delete(at, end);
                case 1 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> out.insert(random.nextInt(out.length()), out.substring(at, end));
                default -> out.setCharAt(at, (char) (32 + random.nextInt(95)));
            }
        }
        return out.toString();
    }
}
