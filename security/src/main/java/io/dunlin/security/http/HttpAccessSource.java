package io.dunlin.security.http;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.AccessSource;
import io.dunlin.security.acl.Opinion;
import io.dunlin.security.http.AnswerCache.Known;
import io.dunlin.security.http.BackendAnswer.Allowed;
import io.dunlin.security.http.BackendAnswer.Denied;
import io.dunlin.security.http.BackendAnswer.Ignored;
import io.dunlin.security.http.HttpBackend.Failed;
import io.dunlin.security.login.Login;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rights that a service decides about, asked for each new pair of client and topic. A failure denies, for a second. Thread: any; blocks
 * nobody.
 */
public final class HttpAccessSource implements AccessSource, AutoCloseable {
    private static final Set<String> PLACEHOLDERS = Set.of(
            "clientid",
            "username",
            "peerhost",
            "listener",
            "cert_common_name",
            "cert_subject",
            "action",
            "topic",
            "qos",
            "retain");
    private static final long FAILURE_HOLDS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final HttpBackend backend;
    private final boolean checkDelivery;
    private final Clock clock;
    private final String allows;
    private final String denies;

    /**
     * Opens nothing yet.
     *
     * @param name as the configuration calls it
     * @param checkDelivery whether the topic of each message is asked about before it is sent to a subscriber; without it, the answer
     *     for the filter stands for all topics that it matches
     * @throws io.dunlin.security.login.InvalidSource where the settings cannot be used
     */
    public HttpAccessSource(String name, HttpSettings settings, boolean checkDelivery, Clock clock) {
        this.name = name;
        this.checkDelivery = checkDelivery;
        this.clock = clock;
        this.allows = "the service of authorization." + name + " allows it";
        this.denies = "the service of authorization." + name + " denies it";
        this.backend = new HttpBackend("authorization." + name, settings, HttpAccessSource::isKnown, clock);
    }

    /**
     * Says what is wrong with settings, without using them.
     *
     * @throws io.dunlin.security.login.InvalidSource where they cannot be used; files are not looked at
     */
    public static void check(String name, HttpSettings settings) {
        RequestTemplate.check("authorization." + name, settings, HttpAccessSource::isKnown);
    }

    /** Names with a dot are attributes of the login. */
    private static boolean isKnown(String placeholder) {
        return PLACEHOLDERS.contains(placeholder) || placeholder.indexOf('.') > 0;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Opinion ask(Principal principal, Action action, String topic) {
        CompletableFuture<Known> answer = backend.ask(name -> value(name, principal, action, topic));
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            return opinion(answer.join(), action);
        }
        return new Opinion.Asking(
                answer.handle((known, error) -> known == null ? failed(error) : opinion(known, action)));
    }

    private Opinion opinion(Known known, Action action) {
        return switch (known.answer()) {
            case Allowed _ -> {
                boolean whole = action.kind() != Kind.SUBSCRIBE || !checkDelivery;
                yield new Opinion.Decided(new Verdict(true, whole, known.untilNanos()), allows);
            }
            case Denied _ -> new Opinion.Decided(new Verdict(false, false, known.untilNanos()), denies);
            case Ignored _ -> new Opinion.None(checkDelivery && action.kind() == Kind.SUBSCRIBE, known.untilNanos());
        };
    }

    private Opinion failed(@Nullable Throwable error) {
        Failed failed = Failed.of(Objects.requireNonNullElseGet(error, IllegalStateException::new));
        Verdict denied = new Verdict(false, false, clock.nanos() + FAILURE_HOLDS_NANOS);
        return new Opinion.Decided(denied, "authorization." + name + ": " + failed.getMessage());
    }

    private static String value(String placeholder, Principal principal, Action action, String topic) {
        Login login = Login.of(principal);
        return switch (placeholder) {
            case "clientid" -> principal.clientId();
            case "username" -> Objects.requireNonNullElse(principal.username(), "");
            case "peerhost" -> HttpLoginSource.host(login.address());
            case "listener" -> login.listener();
            case "cert_common_name" -> attribute(login, "cert.cn");
            case "cert_subject" -> attribute(login, "cert.dn");
            // A service of the field knows two actions: to be sent a message is to subscribe to its topic.
            case "action" -> action.kind() == Kind.PUBLISH ? "publish" : "subscribe";
            case "topic" -> topic;
            case "qos" -> Integer.toString(action.qos().value());
            case "retain" -> Boolean.toString(action.retain());
            default -> attribute(login, placeholder);
        };
    }

    private static String attribute(Login login, String name) {
        return Objects.requireNonNullElse(login.attributes().get(name), "");
    }

    /** What became of its questions; thread: any. */
    public HttpFigures figures() {
        return backend.figures();
    }

    /** Lets questions under way end; later ones deny. */
    @Override
    public void close() {
        backend.close();
    }
}
