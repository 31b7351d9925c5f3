package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command takes a password from: a file, a prompt, or the first line of standard input. Never an argument. */
final class PasswordInput {
    @Option(
            names = "--password-file",
            paramLabel = "F",
            description = "Read the password from this file; its last line end does not count.")
    private @Nullable Path file;

    /** A password that is to be set: asked for twice, and not empty. */
    byte[] twice() {
        byte[] password = once();
        if (password.length == 0) {
            throw new CommandFailed("the password is empty");
        }
        boolean asked = file == null && terminal().isPresent();
        if (asked && !Arrays.equals(password, read("Password again: "))) {
            throw new CommandFailed("the passwords differ: nothing was changed");
        }
        return password;
    }

    /** A password that is to be tried. */
    byte[] once() {
        return read("Password: ");
    }

    private byte[] read(String prompt) {
        try {
            if (file != null) {
                return withoutLineEnd(Files.readAllBytes(file));
            }
            Optional<Console> terminal = terminal();
            if (terminal.isPresent()) {
                char[] typed = terminal.get().readPassword("%s", prompt);
                if (typed == null) {
                    throw new CommandFailed("no password was given");
                }
                return new String(typed).getBytes(StandardCharsets.UTF_8);
            }
            // a character for each byte: the bytes as they are
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            if (line == null) {
                throw new CommandFailed("no password was given: write it to standard input, or give --password-file");
            }
            return line.getBytes(StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new CommandFailed("the password cannot be read: " + e);
        }
    }

    private static byte[] withoutLineEnd(byte[] content) {
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        return Arrays.copyOf(content, end);
    }

    /** The JDK says none or one that is no terminal, by its version. */
    private static Optional<Console> terminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
