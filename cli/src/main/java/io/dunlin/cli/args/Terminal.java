package io.dunlin.cli.args;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command sees of the world around it: three streams and the environment. {@code out} is not buffered. */
public record Terminal(InputStream in, OutputStream out, PrintStream err, Map<String, String> env) {

    /** That of the process: the file descriptors themselves, so that an error of a write is seen. */
    public static Terminal ofProcess(StandardOutput out) {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                out,
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv());
    }
}
