package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may connect. */
public record AuthenticationConfig(
        @Setting("Whether clients may come without a user name, on listeners that say nothing themselves; without it,"
                + " only on loopback listeners and only where no login is configured")
        Optional<Boolean> allowAnonymous,

        @Setting("Users by name") Map<String, UserConfig> users,

        @Setting("A file with a line `user:hash` for each user, as `dunlin passwd` and mosquitto_passwd write it")
        Optional<Path> passwordFile,

        @Setting(
                value =
                        "Take logins of the users who are kept in the data folder and changed while the broker runs, with"
                                + " `dunlin users`",
                byDefault = "false")
        boolean builtIn,

        @Setting(
                value =
                        "Replace weak hashes in the password file and of the built-in users by stronger ones when their users log in",
                byDefault = "true")
        boolean rehash,

        @Setting("What the hashing of passwords may take") HashingConfig hashing,

        @Setting("The places where logins are checked, in the order in which they are asked, such as `[users, jwt]`;"
                + " empty for all that are configured. The first that knows the client decides")
        List<String> chain,

        @Setting("Users of an LDAP directory") Optional<LdapConfig> ldap,

        @Setting("Users of an SQL data base") Optional<SqlLoginConfig> sql,

        @Setting("Logins with JSON Web Tokens, in the chain as `jwt`")
        Optional<JwtConfig> jwt,

        @Setting("Logins that a service decides about, asked over HTTP; in the chain as `http`")
        Optional<HttpLoginConfig> http,

        @Setting("Logins by client certificate, on listeners that ask for one")
        Optional<CertificateConfig> certificate) {

    /** One user. */
    public record UserConfig(
            @Setting("Password of the user, or its hash in the form of the password file")
            Secret password,

            @Setting("Roles of the user") List<String> roles,
            @Setting("Groups of the user") List<String> groups) {}

    /** Whether there is any user who could log in. */
    public boolean hasLogin() {
        return !users.isEmpty()
                || passwordFile.isPresent()
                || builtIn
                || ldap.isPresent()
                || sql.isPresent()
                || jwt.isPresent()
                || http.isPresent()
                || certificate.isPresent();
    }
}
