package io.dunlin.server;

import io.dunlin.security.password.Credential;
import io.dunlin.security.password.HashPolicy;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.password.PasswordFile;
import io.dunlin.security.password.PasswordFileEditor;
import io.dunlin.security.password.PasswordHash;
import io.dunlin.security.password.UserDirectory;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin passwd}: the lines of a password file. A password is asked for or read from a file, never taken as an argument. */
@Command(
        name = "passwd",
        description = {
            "Sets, checks or deletes the password of a user in a password file (authentication.password-file).",
            "Without --password-file it asks for the password twice, or reads the first line of standard input where that is no"
                    + " terminal. A running broker reads the file again on SIGHUP."
        })
final class PasswdCommand implements Callable<Integer> {
    /** The password is not that of the user. */
    private static final int WRONG = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The password file; not with --print.", arity = "0..1")
    private @Nullable Path file;

    @Parameters(index = "1", paramLabel = "USER", description = "The user.", arity = "0..1")
    private @Nullable String user;

    @Option(
            names = {"-c", "--create"},
            description = "Make the file; one that exists is kept as it is.")
    private boolean create;

    @Option(
            names = {"-D", "--delete"},
            description = "Delete the user.")
    private boolean delete;

    @Option(
            names = "--check",
            description =
                    "Say whether this is the password of the user, and how it is hashed; exit code 2 where it is not.")
    private boolean check;

    @Option(
            names = "--print",
            description = "Print the hash, for authentication.users.<name>.password, and change no file.")
    private boolean print;

    @Option(
            names = "--compat",
            description = "Write a hash that every mosquitto reads ($7$, PBKDF2) instead of argon2id.")
    private boolean compat;

    @Option(
            names = "--password-file",
            paramLabel = "F",
            description = "Read the password from this file; its last line end does not count.")
    private @Nullable Path passwordFile;

    @Override
    public Integer call() {
        try {
            return run();
        } catch (Refused e) {
            return fail(e.sentence);
        } catch (InvalidCredential e) {
            return fail(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fail(e.toString());
        }
    }

    private int run() throws IOException {
        if (print) {
            byte[] password = newPassword();
            out(hash(password).text());
            return Main.OK;
        }
        Path path = file;
        String name = user;
        if (path == null || name == null) {
            throw new Refused("give the password file and the user: dunlin passwd FILE USER");
        }
        String problem = PasswordFileEditor.problem(name);
        if (!problem.isEmpty()) {
            throw new Refused(problem);
        }
        if (check) {
            return check(path, name);
        }
        if (delete) {
            if (!PasswordFileEditor.delete(path, name)) {
                throw new Refused("there is no user " + name + " in " + path);
            }
            return Main.OK;
        }
        if (!create && !Files.exists(path)) {
            throw new Refused(path + " does not exist: add -c to make it");
        }
        byte[] password = newPassword();
        PasswordFileEditor.set(path, name, hash(password));
        return Main.OK;
    }

    private int check(Path path, String name) throws IOException {
        UserDirectory.Entry entry = new PasswordFile(path).find(name);
        if (entry == null) {
            throw new Refused("there is no user " + name + " in " + path);
        }
        Credential credential = entry.credential();
        boolean right = credential.matches(password("Password: "));
        out((right ? "OK" : "WRONG") + " (" + credential.kind()
                + credential.weakness().map(why -> "; weak: " + why).orElse("") + ")");
        return right ? Main.OK : WRONG;
    }

    private Credential hash(byte[] password) {
        return compat ? PasswordHash.of(password, PasswordHash.ITERATIONS_DEFAULT) : HashPolicy.DEFAULT.hash(password);
    }

    private byte[] newPassword() throws IOException {
        byte[] password = password("Password: ");
        if (password.length == 0) {
            throw new Refused("the password is empty");
        }
        if (isAsked() && !Arrays.equals(password, password("Password again: "))) {
            throw new Refused("the passwords differ: nothing was changed");
        }
        return password;
    }

    private boolean isAsked() {
        return passwordFile == null && terminal().isPresent();
    }

    private byte[] password(String prompt) throws IOException {
        if (passwordFile != null) {
            return withoutLineEnd(Files.readAllBytes(passwordFile));
        }
        Optional<Console> terminal = terminal();
        if (terminal.isPresent()) {
            char[] typed = terminal.get().readPassword("%s", prompt);
            if (typed == null) {
                throw new Refused("no password was given");
            }
            return new String(typed).getBytes(StandardCharsets.UTF_8);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
        String line = in.readLine(); // bytes as they are
        if (line == null) {
            throw new Refused("no password was given: write it to standard input, or give --password-file");
        }
        return line.getBytes(StandardCharsets.ISO_8859_1);
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

    private void out(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
        }
    }

    private int fail(String sentence) {
        if (spec != null) {
            spec.commandLine().getErr().println("dunlin: " + sentence);
        }
        return Main.FAILED;
    }

    /** Ends the command with a sentence. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String sentence;

        Refused(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }
}
