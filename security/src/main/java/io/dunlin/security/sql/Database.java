package io.dunlin.security.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of connections that read. Blocks: not for a shard. Thread: any. */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Pattern HAS_PASSWORD = Pattern.compile("(?i)password=|//[^/@]*:[^/@]*@");
    private static final long CONNECT_MILLIS_MIN = 250; // what the pool takes
    private static final long IDLE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private final HikariDataSource pool;
    private final int querySeconds;
    private final int networkMillis;
    /** One for each query under way; only whoever closes takes them all. */
    private final Semaphore inUse = new Semaphore(Integer.MAX_VALUE);

    /**
     * Opens connections in the background; a data base that is down is no error here.
     *
     * @param setting what the settings are called, such as {@code authentication.sql}
     * @throws IllegalArgumentException with a sentence, where the url cannot be used
     */
    Database(String setting, SqlSettings settings) {
        check(setting, settings);
        long millis = Math.max(CONNECT_MILLIS_MIN, settings.timeout().toMillis());
        this.querySeconds = (int) Math.max(1, TimeUnit.MILLISECONDS.toSeconds(millis));
        // The data base is told to stop first; where it does not even hear that, the connection is given up.
        this.networkMillis = (int) Math.min(Integer.MAX_VALUE, millis + 1_000);
        HikariConfig config = new HikariConfig();
        config.setPoolName(setting);
        config.setJdbcUrl(settings.url());
        if (!settings.username().isEmpty()) {
            config.setUsername(settings.username());
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(settings.connectionsMax());
        if (settings.connectionsMax() > 1) {
            config.setMinimumIdle(1);
            config.setIdleTimeout(IDLE_MILLIS);
        }
        config.setConnectionTimeout(millis);
        config.setValidationTimeout(millis);
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(true);
        if (settings.url().startsWith("jdbc:postgresql:")) {
            String seconds = Integer.toString(querySeconds);
            config.addDataSourceProperty("connectTimeout", seconds);
            config.addDataSourceProperty("loginTimeout", seconds);
            config.addDataSourceProperty("socketTimeout", Integer.toString(querySeconds + 1));
            config.addDataSourceProperty("cancelSignalTimeout", seconds);
            config.addDataSourceProperty("tcpKeepAlive", "true");
            config.addDataSourceProperty("readOnlyMode", "always");
            config.addDataSourceProperty("stringtype", "unspecified"); // the data base knows the types of its columns
            config.addDataSourceProperty("ApplicationName", "dunlin");
        }
        try {
            this.pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    setting + ".url cannot be used: expected is one such as jdbc:postgresql://host/name; for other data"
                            + " bases put the jar of their JDBC driver into lib",
                    e);
        }
    }

    /** @throws IllegalArgumentException where the url cannot be right; whether there is a driver for it is not seen here */
    static void check(String setting, SqlSettings settings) {
        if (!settings.url().startsWith("jdbc:")) {
            throw new IllegalArgumentException(
                    setting + ".url = \"" + settings.url() + "\": expected is one such as jdbc:postgresql://host/name");
        }
        if (HAS_PASSWORD.matcher(settings.url()).find()) {
            throw new IllegalArgumentException(
                    setting + ".url has a password in it: give username and password of their own");
        }
    }

    /**
     * Asks.
     *
     * @param rowsMax a longer answer is a failure
     * @throws IOException where the data base is away, or cannot understand the query at all
     * @throws SQLException where it could not answer for this client
     */
    List<Row> query(SqlQuery query, Asked asked, int rowsMax) throws IOException, SQLException {
        inUse.acquireUninterruptibly();
        try {
            return ask(query, asked, rowsMax);
        } finally {
            inUse.release();
        }
    }

    private List<Row> ask(SqlQuery query, Asked asked, int rowsMax) throws IOException, SQLException {
        try (Connection connection = pool.getConnection()) {
            bound(connection);
            try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
                statement.setQueryTimeout(querySeconds);
                statement.setMaxRows(rowsMax + 1);
                query.bind(statement, asked);
                return read(statement, rowsMax);
            }
        } catch (SQLException e) {
            if (isAboutValues(e)) {
                throw e;
            }
            Throwable below = e.getCause();
            throw new IOException(below == null ? e.getMessage() : below.getMessage(), e);
        }
    }

    private static List<Row> read(PreparedStatement statement, int rowsMax) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet results = statement.executeQuery()) {
            while (results.next()) {
                if (rows.size() == rowsMax) {
                    throw unusable("the query gives more than " + rowsMax + (rowsMax == 1 ? " row" : " rows"));
                }
                rows.add(Row.read(results));
            }
        }
        return rows;
    }

    private void bound(Connection connection) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, networkMillis);
        } catch (SQLFeatureNotSupportedException e) {
            return; // the time-out of the query is what this driver has
        }
    }

    /** An answer that is no use, for one client. */
    static SQLException unusable(String message) {
        return new SQLException(message, "22000");
    }

    /** Whether another client's query may well work: data exceptions (22), wrong number of rows (21). */
    private static boolean isAboutValues(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("21"));
    }

    /** Closes all connections as soon as the queries under way have ended, which they do by their time-outs. Does not block. */
    @Override
    public void close() {
        Thread.ofVirtual().name("close-" + pool.getPoolName()).start(() -> {
            try {
                if (!inUse.tryAcquire(Integer.MAX_VALUE, 2L * networkMillis, TimeUnit.MILLISECONDS)) {
                    LOG.debug("queries of {} are ended", pool.getPoolName());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            pool.close();
        });
    }
}
