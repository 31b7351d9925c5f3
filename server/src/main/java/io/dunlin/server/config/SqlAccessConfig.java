package io.dunlin.server.config;

import io.dunlin.security.sql.SqlAccessSource;
import io.dunlin.security.sql.SqlSettings;
import java.time.Duration;
import java.util.Optional;

/** Rights in an SQL data base; docs/ldap-and-sql.md has examples. */
public record SqlAccessConfig(
        @Setting("JDBC, without a password; without it the data base of `authentication.sql`")
        Optional<String> url,

        @Setting("User of the data base; it needs to read only")
        Optional<String> username,

        @Setting("Password of that user") Optional<Secret> password,

        @Setting(
                "Gives the rules of a client in their order: rows with the columns `permission` (allow, deny), `action` (publish,"
                        + " subscribe, all), `topic`, and if wanted `qos`, `retain`, `username`, `clientid`, `ipaddress`. `${username}`,"
                        + " `${clientid}`, `${cert_common_name}` and `${peerhost}` are parameters: no quotes around them")
        String query,

        @Setting(
                value =
                        "Connections, and so queries at a time; 1,000 more wait for as long as `timeout`, then more are refused",
                byDefault = "4",
                min = "1",
                max = "500")
        int poolSize,

        @Setting(value = "For a connection, and for a query", byDefault = "5s", min = "250ms", max = "1m")
        Duration timeout,

        @Setting(
                value = "How long the rules of a client are used; they are fetched again after three quarters of it",
                byDefault = "1m",
                min = "1s",
                max = "1d")
        Duration remember,

        @Setting(value = "Clients whose rules are remembered", byDefault = "100000", min = "16", max = "10000000")
        int rememberMax,

        @Setting(value = "Rules of one client; more are a failure", byDefault = "1000", min = "1", max = "100000")
        int maxRules) {

    /** Where the data base is. @param logins whose data base is taken where this names none */
    public SqlSettings toSettings(Optional<SqlLoginConfig> logins) {
        if (url.isEmpty() && logins.isPresent()) {
            SqlSettings same = logins.get().toSettings();
            return new SqlSettings(same.url(), same.username(), same.password(), poolSize, timeout);
        }
        return new SqlSettings(
                url.orElse(""), username.orElse(""), password.map(Secret::value).orElse(""), poolSize, timeout);
    }

    /** How much is remembered, and for how long. */
    public SqlAccessSource.Limits limits() {
        return new SqlAccessSource.Limits(maxRules, rememberMax, remember);
    }
}
