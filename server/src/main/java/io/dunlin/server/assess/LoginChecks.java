package io.dunlin.server.assess;

import com.typesafe.config.ConfigUtil;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.password.PasswordFile;
import io.dunlin.security.password.WeakCredential;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** How passwords are kept. */
final class LoginChecks {
    private final Subject subject;

    private LoginChecks(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        LoginChecks checks = new LoginChecks(subject);
        subject.config()
                .authentication()
                .users()
                .forEach((name, user) -> checks.user(name, user.password().value()));
        subject.config().authentication().passwordFile().ifPresent(checks::passwordFile);
    }

    private void user(String name, String secret) {
        String path = "authentication.users." + ConfigUtil.joinPath(name) + ".password";
        if (Credential.isStoredForm(secret)) {
            stored(name, path, secret);
        } else if (!subject.bound().secretFiles().containsKey(path)) {
            subject.find(
                    Check.PLAIN_PASSWORD,
                    Severity.HIGH,
                    path,
                    "the password of " + name + " stands in the configuration as it is",
                    path + " = \"...\" with what dunlin passwd --print prints, or " + path
                            + "-file with the path of a file (chmod 600)");
        }
    }

    private void stored(String name, String path, String secret) {
        try {
            Credential.parse(secret)
                    .weakness()
                    .ifPresent(why -> subject.find(
                            Check.WEAK_HASH,
                            Severity.HIGH,
                            path,
                            "the stored password of " + name + " is weak: " + why,
                            path + " = \"...\" with what dunlin passwd --print prints"));
        } catch (InvalidCredential e) {
            subject.unassessed(path + " cannot be read: " + e.getMessage());
        }
    }

    /** One finding for each fault, however many users have it. */
    private void passwordFile(Path file) {
        List<WeakCredential> weak;
        try {
            weak = new PasswordFile(file).weak("password-file");
        } catch (InvalidCredential e) {
            subject.unassessed("authentication.password-file: " + e.getMessage());
            return;
        }
        weak.stream().collect(Collectors.groupingBy(WeakCredential::why)).forEach((why, users) -> {
            List<String> names =
                    users.stream().map(WeakCredential::user).sorted().toList();
            subject.find(
                    Check.WEAK_HASH,
                    Severity.HIGH,
                    "authentication.password-file",
                    file + ": weak hashes of " + LiveChecks.named(names) + ": " + why,
                    users.get(0).fix()
                            + (subject.config().authentication().rehash()
                                    ? "   (or wait: each is written anew at its user's next login)"
                                    : "   (or authentication.rehash = true)"));
        });
    }
}
