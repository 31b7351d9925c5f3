package io.dunlin.security.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A query whose placeholders are parameters: what a client sends is never a part of the SQL. Immutable. */
final class SqlQuery {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final Set<String> KNOWN =
            Set.of(Asked.USERNAME, Asked.CLIENT_ID, Asked.COMMON_NAME, Asked.PEER_HOST);

    private final String sql;
    private final List<String> parameters;

    private SqlQuery(String sql, List<String> parameters) {
        this.sql = sql;
        this.parameters = List.copyOf(parameters);
    }

    /** @throws IllegalArgumentException with a sentence that names the setting, where it cannot be used */
    static SqlQuery of(String setting, String text) {
        StringBuilder sql = new StringBuilder();
        List<String> parameters = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1);
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException(setting + " has " + matcher.group()
                        + ": expected is ${username}, ${clientid}, ${cert_common_name} or ${peerhost}");
            }
            matcher.appendReplacement(sql, "?");
            if (isQuoted(text, matcher.start())) {
                throw new IllegalArgumentException(
                        setting + " has " + matcher.group() + " in quotes: leave the quotes out, it is a value");
            }
            parameters.add(name);
        }
        matcher.appendTail(sql);
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    setting + " is the same for all clients: put ${username} or ${clientid} in");
        }
        return new SqlQuery(sql.toString(), parameters);
    }

    private static boolean isQuoted(String text, int at) {
        boolean single = false;
        boolean twice = false;
        for (int i = 0; i < at; i++) {
            single ^= text.charAt(i) == '\'' && !twice;
            twice ^= text.charAt(i) == '"' && !single;
        }
        return single || twice;
    }

    /** With question marks. */
    String sql() {
        return sql;
    }

    boolean uses(String placeholder) {
        return parameters.contains(placeholder);
    }

    /** The values that it uses and no others, so that equal ones get equal answers. */
    Asked only(Asked asked) {
        return new Asked(
                uses(Asked.CLIENT_ID) ? asked.clientId() : "",
                uses(Asked.USERNAME) ? asked.username() : null,
                uses(Asked.COMMON_NAME) ? asked.commonName() : null,
                uses(Asked.PEER_HOST) ? asked.peerHost() : null);
    }

    void bind(PreparedStatement statement, Asked asked) throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            String value = asked.value(parameters.get(i));
            if (value == null) {
                statement.setNull(i + 1, Types.VARCHAR);
            } else {
                statement.setString(i + 1, value);
            }
        }
    }
}
