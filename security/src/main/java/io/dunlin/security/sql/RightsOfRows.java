package io.dunlin.security.sql;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Rule;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Makes rules of rows with the columns {@code permission}, {@code action}, {@code topic} and, where they are there, {@code qos},
 * {@code retain}, {@code ipaddress}, {@code username} and {@code clientid}. A row that makes no sense is a failure of the whole: it might
 * have been one that denies.
 */
final class RightsOfRows {
    private static final String EVERYBODY = "$all";

    private RightsOfRows() {}

    /**
     * @param origin for people: {@code sql row} and a number follow
     * @throws IOException where a column is missing
     * @throws SQLException where a row makes no sense
     */
    static List<Rule> rules(String origin, List<Row> rows) throws IOException, SQLException {
        List<Rule> rules = new ArrayList<>();
        for (Row row : rows) {
            for (String column : List.of("permission", "action", "topic")) {
                if (!row.columns().contains(column)) {
                    throw new IOException("the query of authorization.sql gives no column " + column);
                }
            }
            rules.add(rule(origin + " row " + (rules.size() + 1), row));
        }
        return rules;
    }

    private static Rule rule(String origin, Row row) throws SQLException {
        Rule.Effect effect =
                switch (word(row, "permission")) {
                    case "allow" -> Rule.Effect.ALLOW;
                    case "deny" -> Rule.Effect.DENY;
                    default -> throw odd(origin, "permission", "allow or deny");
                };
        Set<Kind> kinds =
                switch (word(row, "action")) {
                    case "publish", "pub" -> EnumSet.of(Kind.PUBLISH);
                    case "subscribe", "sub" -> EnumSet.of(Kind.SUBSCRIBE);
                    case "all", "pubsub" -> EnumSet.of(Kind.PUBLISH, Kind.SUBSCRIBE);
                    default -> throw odd(origin, "action", "publish, subscribe or all");
                };
        String topic = row.text("topic").orElse("");
        if (topic.isEmpty()) {
            throw odd(origin, "topic", "a topic filter");
        }
        return new Rule(effect, who(row), kinds, qos(origin, row), retain(origin, row), List.of(topic), origin);
    }

    private static Rule.Who who(Row row) {
        Rule.Who all = Rule.Who.EVERYBODY;
        List<String> addresses = condition(row, "ipaddress").or(() -> condition(row, "ipaddr")).stream()
                .toList();
        return new Rule.Who(
                condition(row, "username").map(Set::of).orElse(Set.of()),
                condition(row, "clientid").map(Set::of).orElse(Set.of()),
                all.roles(),
                all.groups(),
                addresses,
                all.listeners(),
                all.anonymous());
    }

    private static Optional<String> condition(Row row, String column) {
        return row.text(column).filter(text -> !text.isEmpty() && !text.equals(EVERYBODY));
    }

    private static Set<QoS> qos(String origin, Row row) throws SQLException {
        Set<QoS> found = EnumSet.noneOf(QoS.class);
        for (String part : row.list("qos")) {
            switch (part.toLowerCase(Locale.ROOT)) {
                case "0" -> found.add(QoS.AT_MOST_ONCE);
                case "1" -> found.add(QoS.AT_LEAST_ONCE);
                case "2" -> found.add(QoS.EXACTLY_ONCE);
                case "all" -> found.addAll(EnumSet.allOf(QoS.class));
                default -> throw odd(origin, "qos", "0, 1 and 2 with commas between, or null");
            }
        }
        return found.size() == QoS.values().length ? Set.of() : found;
    }

    private static Optional<Boolean> retain(String origin, Row row) throws SQLException {
        return switch (word(row, "retain")) {
            case "", "all" -> Optional.empty();
            case "1", "true", "t" -> Optional.of(true);
            case "0", "false", "f" -> Optional.of(false);
            default -> throw odd(origin, "retain", "true, false, all or null");
        };
    }

    private static String word(Row row, String column) {
        return row.text(column).orElse("").strip().toLowerCase(Locale.ROOT);
    }

    private static SQLException odd(String origin, String column, String expected) {
        return Database.unusable(origin + ": expected in the column " + column + " is " + expected);
    }
}
