package io.dunlin.security.sql;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.AccessSource;
import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.Opinion;
import io.dunlin.security.acl.RuleList;
import io.dunlin.security.login.Circuit;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Rights in a table: the rows of a client are fetched once, made rules, and decide in memory until they are too old; so a message costs
 * nothing. Shortly before, they are fetched again in the background. Thread: any; does not block.
 */
public final class SqlAccessSource implements AccessSource, AutoCloseable {
    private static final String SETTING = "authorization.sql";

    private final String name;
    private final SqlQuery query;
    private final Limits limits;
    private final Clock clock;
    private final Database database;
    private final Circuit circuit;
    private final ConcurrentHashMap<Asked, Rights> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Asked, CompletableFuture<Rights>> underWay = new ConcurrentHashMap<>();
    private final LongAdder remembered = new LongAdder();
    private final AtomicInteger epoch = new AtomicInteger();

    /**
     * @param rowsMax of one client; more are a failure
     * @param clientsMax whose rights are remembered; beyond, some are forgotten
     * @param remember for how long
     */
    public record Limits(int rowsMax, int clientsMax, Duration remember) {}

    /** What is known of one client. */
    private record Rights(RuleList rules, long againAtNanos, long endsAtNanos) {}

    /** @param remembered questions that were answered from memory, since the start; {@code clients} as it is now */
    public record Figures(Circuit.Figures calls, long remembered, int clients) {}

    /**
     * @param name as the configuration calls it
     * @param query gives the columns {@code permission}, {@code action}, {@code topic}; also {@code qos}, {@code retain}
     * @throws IllegalArgumentException with a sentence that names the setting, where one cannot be used
     */
    public SqlAccessSource(String name, SqlSettings settings, String query, Limits limits, Clock clock) {
        this.name = name;
        this.query = SqlQuery.of(SETTING + ".query", query);
        this.limits = limits;
        this.clock = clock;
        this.database = new Database(SETTING, settings);
        this.circuit = new Circuit(name, Circuit.Limits.of(settings.connectionsMax(), settings.timeout()), clock);
    }

    /** Does nothing but see whether the settings can be used; throws as the constructor does. */
    public static void check(SqlSettings settings, String query) {
        Database.check(SETTING, settings);
        SqlQuery.of(SETTING + ".query", query);
    }

    @Override
    public String name() {
        return name;
    }

    public Figures figures() {
        return new Figures(circuit.figures(), remembered.sum(), known.size());
    }

    @Override
    public Opinion ask(Principal principal, Action action, String topic) {
        Asked asked = query.only(Asked.of(principal));
        Rights rights = known.get(asked);
        long now = clock.nanos();
        if (rights == null || rights.endsAtNanos - now <= 0) {
            return new Opinion.Asking(fetch(asked)
                    .thenApply(
                            found -> found.rules.ask(principal, action, topic).withEnd(found.againAtNanos)));
        }
        remembered.increment();
        boolean again = rights.againAtNanos - now <= 0;
        if (again) {
            fetch(asked);
        }
        return rights.rules.ask(principal, action, topic).withEnd(again ? rights.endsAtNanos : rights.againAtNanos);
    }

    /** Forgets all rights; who asked before is to be asked again. */
    public void forget() {
        epoch.incrementAndGet();
        known.clear();
        underWay.clear();
    }

    private CompletionStage<Rights> fetch(Asked asked) {
        CompletableFuture<Rights> mine = new CompletableFuture<>();
        CompletableFuture<Rights> other = underWay.putIfAbsent(asked, mine);
        if (other != null) {
            return other;
        }
        int begun = epoch.get();
        circuit.call(() -> load(asked)).whenComplete((rights, failure) -> {
            if (rights != null && begun == epoch.get()) {
                remember(asked, rights);
            }
            underWay.remove(asked, mine);
            if (failure != null) {
                mine.completeExceptionally(failure);
            } else {
                mine.complete(rights);
            }
        });
        return mine;
    }

    private Rights load(Asked asked) throws IOException, SQLException {
        RuleList rules;
        try {
            rules = RuleList.of(RightsOfRows.rules(name, database.query(query, asked, limits.rowsMax)));
        } catch (InvalidRule e) {
            throw Database.unusable(String.valueOf(e.getMessage()));
        }
        long now = clock.nanos();
        long life = limits.remember.toNanos();
        return new Rights(rules, now + life / 4 * 3, now + life);
    }

    private void remember(Asked asked, Rights rights) {
        if (known.size() >= limits.clientsMax) {
            makeRoom();
        }
        known.put(asked, rights);
    }

    /** Those that are too old, and where that is not enough, one in sixteen whoever it is. */
    private void makeRoom() {
        long now = clock.nanos();
        known.values().removeIf(rights -> rights.endsAtNanos - now <= 0);
        int tooMany = known.size() - limits.clientsMax + 1 + limits.clientsMax / 16;
        Iterator<Asked> all = known.keySet().iterator();
        for (int i = 0;
                i < tooMany && known.size() >= limits.clientsMax - limits.clientsMax / 16 && all.hasNext();
                i++) {
            all.next();
            all.remove();
        }
    }

    /** Closes the connections when the questions under way have ended. */
    @Override
    public void close() {
        database.close();
    }
}
