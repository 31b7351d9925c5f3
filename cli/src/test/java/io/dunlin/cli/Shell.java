package io.dunlin.cli;

import io.dunlin.cli.args.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs commands as a shell would, with streams of its own. */
final class Shell {
    private final Map<String, String> env = new HashMap<>(Map.of("HOME", "/nonexistent"));
    private byte[] input = new byte[0];

    /** What came of a command. */
    record Result(int code, byte[] outBytes, String err) {
        String out() {
            return new String(outBytes, StandardCharsets.UTF_8);
        }
    }

    Shell env(String name, String value) {
        env.put(name, value);
        return this;
    }

    Shell input(String text) {
        input = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    Result run(String... words) {
        return run(List.of(words), new ByteArrayOutputStream());
    }

    Result run(List<String> words, OutputStream out) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                words.toArray(new String[0]),
                new Terminal(
                        new ByteArrayInputStream(input), out, new PrintStream(err, true, StandardCharsets.UTF_8), env));
        byte[] outBytes = out instanceof ByteArrayOutputStream bytes ? bytes.toByteArray() : new byte[0];
        return new Result(code, outBytes, err.toString(StandardCharsets.UTF_8));
    }

    CompletableFuture<Result> start(String... words) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(run(words));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** A reader that has gone away. */
    static OutputStream broken() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
    }
}
