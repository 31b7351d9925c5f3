package io.dunlin.server;

import io.dunlin.security.password.Credential;
import io.dunlin.security.password.HashPolicy;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.password.PasswordFile;
import io.dunlin.security.password.PasswordFileEditor;
import io.dunlin.security.password.PasswordHash;
import io.dunlin.security.password.UserDirectory;
import io.dunlin.server.control.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private PasswordInput input = new PasswordInput();

    @Override
    public Integer call() {
        try {
            return run();
        } catch (CommandFailed e) {
            return fail(e.sentence());
        } catch (InvalidCredential e) {
            return fail(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fail(e.toString());
        }
    }

    private int run() throws IOException {
        if (print) {
            byte[] password = input.twice();
            out(hash(password).text());
            return Main.OK;
        }
        Path path = file;
        String name = user;
        if (path == null || name == null) {
            throw new CommandFailed("give the password file and the user: dunlin passwd FILE USER");
        }
        String problem = PasswordFileEditor.problem(name);
        if (!problem.isEmpty()) {
            throw new CommandFailed(problem);
        }
        if (check) {
            return check(path, name);
        }
        if (delete) {
            if (!PasswordFileEditor.delete(path, name)) {
                throw new CommandFailed("there is no user " + name + " in " + path);
            }
            return Main.OK;
        }
        if (!create && !Files.exists(path)) {
            throw new CommandFailed(path + " does not exist: add -c to make it");
        }
        byte[] password = input.twice();
        PasswordFileEditor.set(path, name, hash(password));
        return Main.OK;
    }

    private int check(Path path, String name) throws IOException {
        UserDirectory.Entry entry = new PasswordFile(path).find(name);
        if (entry == null) {
            throw new CommandFailed("there is no user " + name + " in " + path);
        }
        Credential credential = entry.credential();
        boolean right = credential.matches(input.once());
        out((right ? "OK" : "WRONG") + " (" + credential.kind()
                + credential.weakness().map(why -> "; weak: " + why).orElse("") + ")");
        return right ? Main.OK : WRONG;
    }

    private Credential hash(byte[] password) {
        return compat ? PasswordHash.of(password, PasswordHash.ITERATIONS_DEFAULT) : HashPolicy.DEFAULT.hash(password);
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
}
