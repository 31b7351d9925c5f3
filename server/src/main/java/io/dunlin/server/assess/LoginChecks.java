package io.dunlin.server.assess;

import com.typesafe.config.ConfigUtil;
import io.dunlin.security.password.Credential;

/** How passwords are kept. */
final class LoginChecks {
    private LoginChecks() {}

    static void check(Subject subject) {
        subject.config().authentication().users().forEach((name, user) -> {
            String path = "authentication.users." + ConfigUtil.joinPath(name) + ".password";
            boolean plain = !Credential.isStoredForm(user.password().value());
            if (plain && !subject.bound().secretFiles().containsKey(path)) {
                subject.find(
                        Check.PLAIN_PASSWORD,
                        Severity.HIGH,
                        path,
                        "the password of " + name + " stands in the configuration as it is",
                        path + " = \"<what dunlin passwd prints>\", or dunlin users add " + name
                                + " and take it out here");
            }
        });
    }
}
