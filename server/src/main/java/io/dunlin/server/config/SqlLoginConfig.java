package io.dunlin.server.config;

import io.dunlin.security.sql.SqlLoginSource;
import io.dunlin.security.sql.SqlSettings;
import io.dunlin.security.sql.StoredHash;
import java.time.Duration;
import java.util.Optional;

/** Logins that an SQL data base knows; docs/ldap-and-sql.md has examples. */
public record SqlLoginConfig(
        @Setting("JDBC, without a password, such as `\"jdbc:postgresql://host/name\"`")
        String url,

        @Setting("User of the data base; it needs to read only")
        Optional<String> username,

        @Setting("Password of that user") Optional<Secret> password,

        @Setting(
                "Gives one row with the column `password_hash`, or none for an unknown user; also `is_superuser`, `roles`, `groups`;"
                        + " other columns can be used in rules as `${sql.<column>}`. `${username}`, `${clientid}`, `${cert_common_name}` and"
                        + " `${peerhost}` are parameters: no quotes around them")
        String query,

        @Setting(
                value =
                        "What `password_hash` is: `auto` where it says so itself (argon2id, bcrypt, `$7$`, SCRAM), else hexadecimal"
                                + " digits of password and column `salt`",
                byDefault = "auto")
        StoredHash hash,

        @Setting(value = "Where the salt goes where `hash` is not `auto`", byDefault = "suffix")
        StoredHash.Salt saltPosition,

        @Setting(
                value =
                        "Connections, and so queries at a time; 1,000 more wait for as long as `timeout`, then more are refused",
                byDefault = "8",
                min = "1",
                max = "500")
        int poolSize,

        @Setting(value = "For a connection, and for a query", byDefault = "5s", min = "250ms", max = "1m")
        Duration timeout,

        @Setting(
                value =
                        "How long a right login need not be checked again for the same client, listener and address; 0s for never",
                byDefault = "1m",
                min = "0s",
                max = "1d")
        Duration remember) {

    /** Where the data base is. */
    public SqlSettings toSettings() {
        return new SqlSettings(
                url, username.orElse(""), password.map(Secret::value).orElse(""), poolSize, timeout);
    }

    /** How passwords are stored in it. */
    public SqlLoginSource.Hashes hashes() {
        return new SqlLoginSource.Hashes(hash, saltPosition);
    }
}
