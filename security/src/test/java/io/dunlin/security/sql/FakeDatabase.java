package io.dunlin.security.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A JDBC driver whose answers the test makes up. Its url is jdbc:fake: and a number. */
final class FakeDatabase implements Driver, AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    final String url = "jdbc:fake:" + COUNT.incrementAndGet();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    volatile Answers answers = parameters -> List.of();
    volatile List<String> columns = List.of("password_hash");
    volatile boolean down;

    FakeDatabase() {
        try {
            DriverManager.registerDriver(this);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows for parameters. */
    interface Answers {
        List<List<@Nullable Object>> to(Map<Integer, @Nullable Object> parameters) throws SQLException;
    }

    SqlSettings settings(int connectionsMax) {
        return new SqlSettings(url, "dunlin", "s3cret", connectionsMax, java.time.Duration.ofMillis(500));
    }

    static Array array(@Nullable Object... elements) {
        return proxy(Array.class, (self, method, arguments) -> elements);
    }

    @Override
    public void close() throws SQLException {
        DriverManager.deregisterDriver(this);
    }

    @Override
    public @Nullable Connection connect(String to, Properties info) throws SQLException {
        if (!acceptsURL(to)) {
            return null;
        }
        if (down) {
            throw new SQLException("nobody at home", "08001");
        }
        open.incrementAndGet();
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> {
                asked.add(String.valueOf(arguments[0]));
                yield statement();
            }
            case "isValid" -> !down;
            case "close" -> {
                open.decrementAndGet();
                yield null;
            }
            default -> nothing(method.getReturnType());
        });
    }

    private PreparedStatement statement() {
        Map<Integer, @Nullable Object> parameters = new TreeMap<>();
        return proxy(PreparedStatement.class, (self, method, arguments) -> switch (method.getName()) {
            case "setString" -> parameters.put((Integer) arguments[0], arguments[1]);
            case "setNull" -> parameters.put((Integer) arguments[0], null);
            case "executeQuery" -> {
                if (down) {
                    throw new SQLException("went away", "08006");
                }
                yield results(answers.to(parameters));
            }
            default -> nothing(method.getReturnType());
        });
    }

    private ResultSet results(List<List<@Nullable Object>> rows) {
        AtomicInteger at = new AtomicInteger(-1);
        List<String> names = new ArrayList<>(columns);
        ResultSetMetaData about =
                proxy(ResultSetMetaData.class, (self, method, arguments) -> switch (method.getName()) {
                    case "getColumnCount" -> names.size();
                    case "getColumnLabel" -> names.get((Integer) arguments[0] - 1);
                    default -> nothing(method.getReturnType());
                });
        return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
            case "next" -> at.incrementAndGet() < rows.size();
            case "getMetaData" -> about;
            case "getObject" -> rows.get(at.get()).get((Integer) arguments[0] - 1);
            case "getString" -> String.valueOf(rows.get(at.get()).get((Integer) arguments[0] - 1));
            default -> nothing(method.getReturnType());
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        InvocationHandler all = (self, method, arguments) -> {
            try {
                return switch (method.getName()) {
                    case "toString" -> type.getSimpleName();
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == Arrays.asList(arguments).getFirst();
                    default -> handler.invoke(self, method, arguments == null ? new Object[0] : arguments);
                };
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        };
        return type.cast(Proxy.newProxyInstance(FakeDatabase.class.getClassLoader(), new Class<?>[] {type}, all));
    }

    private static @Nullable Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        return type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null;
    }

    @Override
    public boolean acceptsURL(String to) {
        return to.equals(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String to, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
