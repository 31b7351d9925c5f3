package io.dunlin.server.migrate;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who may come in and who may do what, in files: Mosquitto has them for the whole broker, or with {@code per_listener_settings} for
 * each listener. Here there is one of each, so a listener with others than the first is not opened. One thread.
 */
final class Logins {
    private final boolean perListener;
    private final Section global;
    private final boolean dynamicSecurity;
    private final Optional<Path> passwordFile;
    private final Optional<Path> aclFile;

    /** @param first the section whose files are taken */
    Logins(boolean perListener, Section global, Section first, boolean dynamicSecurity) {
        this.perListener = perListener;
        this.global = global;
        this.dynamicSecurity = dynamicSecurity;
        this.passwordFile = file(first, "password_file");
        this.aclFile = file(first, "acl_file");
    }

    /** The file that a section names; of a plugin, too. */
    static Optional<Path> file(Section section, String key) {
        return line(section, key).map(MosquittoConf::besides);
    }

    static Optional<Directive> line(Section section, String key) {
        return section.peek(key)
                .or(() -> section.peek("plugin_opt_" + key))
                .or(() -> section.peek("auth_opt_" + key))
                .filter(line -> !line.value().isEmpty());
    }

    Optional<Path> passwordFile() {
        return passwordFile;
    }

    Optional<Path> aclFile() {
        return aclFile;
    }

    /** Whether clients may come without a user name. */
    boolean anonymous(Section section, boolean local) {
        Optional<Directive> said = section.take("allow_anonymous");
        if (!perListener) {
            said = global.take("allow_anonymous");
        }
        return said.map(line -> GlobalSettings.isTrue(line.value())).orElse(local);
    }

    /** Why a listener is better not opened; empty where it may be. */
    Optional<String> objection(Section section, boolean anonymous, boolean certificate) {
        if (perListener) {
            Optional<Path> passwords = file(section, "password_file");
            if (!passwords.equals(passwordFile) && !(anonymous && passwords.isEmpty())) {
                return Optional.of("it has a password_file of its own, and here all listeners have one");
            }
            Optional<Path> acl = file(section, "acl_file");
            if (acl.isPresent() && !acl.equals(aclFile)) {
                return Optional.of("it has an acl_file of its own, and here all listeners have one");
            }
        }
        boolean login = passwordFile.isPresent() || dynamicSecurity || certificate;
        return anonymous || login
                ? Optional.empty()
                : Optional.of(
                        "nobody could log in there: allow_anonymous is false, which is Mosquitto's default, and there"
                                + " are no users; give authentication.password-file, or allow-anonymous = true");
    }
}
