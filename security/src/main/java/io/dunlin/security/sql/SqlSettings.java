package io.dunlin.security.sql;

import java.time.Duration;

/**
 * Where the data base is. Immutable.
 *
 * @param url JDBC, without a password, such as {@code jdbc:postgresql://db.example/mqtt}
 * @param username empty where the data base asks for none
 * @param connectionsMax connections, and so queries at a time
 * @param timeout for a connection, and for a query
 */
public record SqlSettings(String url, String username, String password, int connectionsMax, Duration timeout) {
    /** Without the password. */
    @Override
    public String toString() {
        return "SqlSettings[" + url + ", " + username + "]";
    }
}
