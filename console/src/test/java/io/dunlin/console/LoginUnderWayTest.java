package io.dunlin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Logins;
import io.dunlin.console.account.Role;
import io.dunlin.console.account.Sessions;
import io.dunlin.console.api.SessionRoutes;
import io.dunlin.console.http.Front;
import io.dunlin.console.http.Gate;
import io.dunlin.console.http.Incoming;
import io.dunlin.console.http.Pages;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Routes;
import io.dunlin.console.port.Commands;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditLog;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A login whose account changes after the password was found right and before its session has begun. */
@Timeout(60)
class LoginUnderWayTest {
    private final Clock clock = Clock.system();
    private final Accounts accounts = Accounts.open(Optional.empty(), TestConsole.cheap(), clock);
    private Runnable meanwhile = () -> {};

    /** A session asks for the time when it begins. */
    private final Clock atTheBeginning = new Clock() {
        @Override
        public long nanos() {
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            return clock.nanos();
        }

        @Override
        public long wallMillis() {
            return clock.wallMillis();
        }
    };

    private static final Commands NONE = new Commands() {
        @Override
        public boolean has(String name) {
            return false;
        }

        @Override
        public JsonNode run(String name, JsonNode arguments, Actor who) {
            throw new Failed("NOT_FOUND", "nothing is here");
        }
    };

    private Reply login(String password) {
        Sessions sessions = new Sessions(atTheBeginning, Duration.ofHours(1));
        accounts.onChange(sessions::endAll);
        SessionRoutes routes = new SessionRoutes(new Logins(accounts, clock), sessions, NONE, AuditLog.none(clock));
        Front front = new Front(new Routes(routes.all()), new Gate(accounts, sessions), new Pages(), List.of());
        Map<String, String> headers = Map.of("host", "localhost", "content-type", "application/json");
        String body = "{\"username\":\"eve\",\"password\":\"" + password + "\"}";
        return front.answer(new Incoming(
                "POST",
                "/api/v1/login",
                "",
                name -> Optional.ofNullable(headers.get(name)),
                most -> body.getBytes(StandardCharsets.UTF_8),
                InputStream::nullInputStream,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
                false));
    }

    @Test
    void doesNotOutliveAChangeOfThePassword() {
        accounts.setPassword("eve", "long-enough", Optional.of(Role.OPERATOR));
        assertThat(login("long-enough").status()).isEqualTo(200);
        meanwhile = () -> accounts.setPassword("eve", "another-one", Optional.empty());
        assertThat(login("long-enough").status()).isEqualTo(401);
        assertThat(login("another-one").status()).isEqualTo(200);
    }

    @Test
    void doesNotOutliveTheUser() {
        accounts.setPassword("eve", "long-enough", Optional.of(Role.OPERATOR));
        accounts.setPassword("adam", "long-enough", Optional.of(Role.ADMIN));
        meanwhile = () -> accounts.delete("eve");
        Reply refused = login("long-enough");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers()).doesNotContainKey("Set-Cookie");
    }
}
