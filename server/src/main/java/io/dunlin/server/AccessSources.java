package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.acl.AccessSource;
import io.dunlin.security.http.HttpAccessSource;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.sql.SqlAccessSource;
import io.dunlin.server.config.HttpAccessConfig;
import io.dunlin.server.config.SqlAccessConfig;
import io.dunlin.server.config.SqlLoginConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that are asked about rights, made of a configuration. To add one: a method that adds it. Thread: one; what it makes is
 * for any.
 */
final class AccessSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessSources.class);

    private final List<AccessSource> sources = new ArrayList<>();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    /** @throws StartFailed with a sentence, where its settings cannot be used */
    void http(Optional<HttpAccessConfig> config, Clock clock) {
        try {
            config.ifPresent(http -> add(new HttpAccessSource("http", http.toSettings(), http.checkDelivery(), clock)));
        } catch (InvalidSource e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Rights in an SQL data base.
     *
     * @param logins whose data base is taken where the settings name none
     * @throws StartFailed where its settings cannot be used
     */
    void sql(Optional<SqlAccessConfig> config, Optional<SqlLoginConfig> logins, Clock clock) {
        try {
            config.ifPresent(
                    sql -> add(new SqlAccessSource("sql", sql.toSettings(logins), sql.query(), sql.limits(), clock)));
        } catch (IllegalArgumentException e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private void add(AccessSource source) {
        sources.add(source);
        if (source instanceof AutoCloseable closeable) {
            closing.push(closeable);
        }
    }

    List<AccessSource> all() {
        return List.copyOf(sources);
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) { // the others are closed all the same
                LOG.warn("a source of rights could not be closed", e);
            }
        }
    }
}
