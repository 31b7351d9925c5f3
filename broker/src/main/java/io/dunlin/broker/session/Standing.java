package io.dunlin.broker.session;

import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of a session is, until when its login holds, and what it may do; and what follows when any of that changes while it
 * is connected. Thread: the session's shard.
 */
final class Standing {
    private static final long ASK_AGAIN_NANOS_MIN = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.HOURS.toNanos(1); // the wall clock may be set meanwhile

    private final Session session;
    private final Permissions permissions;
    private Principal principal;
    private @Nullable Deadline end; // once a login has one
    private @Nullable Deadline askAgain; // once there is something to ask again

    Standing(Session session, Core core, Principal principal) {
        this.session = session;
        this.principal = principal;
        this.permissions = new Permissions(core.authorizer(), session.shard(), principal);
    }

    Principal principal() {
        return principal;
    }

    Permissions permissions() {
        return permissions;
    }

    /** A connection is about to take the session: its client. */
    void principal(Principal arriving) {
        principal = arriving;
        permissions.principal(arriving);
    }

    /** A connection takes the session: what is left from before is held against the rights of now. */
    void arrived() {
        session.outgoing().distrustQueue();
        session.subscriptions().review();
        expectEnd();
    }

    /** Makes up for a review that came after this client had asked to come in, and did not see it yet. */
    void catchUp(Arrival arrival) {
        Review last = session.context().core().lastReview();
        if (last.number() != arrival.reviews()) {
            review(last.whyGone());
        }
    }

    /** The client has logged in once more on its connection, as the same user. */
    void again(Principal renewed) {
        principal = new Principal(principal.clientId(), principal.username(), renewed.identity());
        permissions.principal(principal);
        expectEnd();
        review(gone -> Optional.empty());
    }

    /** Its connection is gone. */
    void leave() {
        disarm(end);
        disarm(askAgain);
        permissions.forget();
    }

    /** A subscription is allowed until this time of the clock: all are asked about again then. */
    void askAgainAt(long nanos) {
        Deadline asking = askAgain;
        if (asking == null) {
            asking = new AskAgain();
            askAgain = asking;
        }
        if (!asking.isArmed() && session.isConnected()) {
            session.shard().arm(asking, Math.max(nanos - session.shard().nanos(), ASK_AGAIN_NANOS_MIN));
        }
    }

    /** Rights or users have changed: ends the connection where the client may not stay, or lost a subscription. */
    void review(Function<Principal, Optional<String>> whyGone) {
        Optional<String> gone = whyGone.apply(principal);
        if (gone.isPresent()) {
            session.disconnect(ReasonCode.NOT_AUTHORIZED, gone.get());
            return;
        }
        session.outgoing().distrustQueue();
        List<String> lost = session.subscriptions().review();
        if (!lost.isEmpty()) {
            tellLost(lost.getFirst());
        }
    }

    /** Without a word the client would go on waiting for messages. */
    void tellLost(String filter) {
        session.disconnect(ReasonCode.NOT_AUTHORIZED, "no longer authorized to subscribe to " + filter);
    }

    private void expectEnd() {
        disarm(end);
        long endsAt = principal.identity().endsAtMillis();
        if (endsAt != Identity.NEVER) {
            Deadline ending = end == null ? new LoginEnd() : end;
            end = ending;
            long millis = Math.max(0, endsAt - session.shard().clock().wallMillis());
            session.shard().arm(ending, Math.min(TimeUnit.MILLISECONDS.toNanos(millis), LOOK_AGAIN_NANOS));
        }
    }

    private void disarm(@Nullable Deadline deadline) {
        if (deadline != null) {
            session.shard().disarm(deadline);
        }
    }

    private final class AskAgain extends Deadline {
        @Override
        protected void due() {
            review(gone -> Optional.empty());
        }
    }

    private final class LoginEnd extends Deadline {
        @Override
        protected void due() {
            if (session.shard().clock().wallMillis() < principal.identity().endsAtMillis()) {
                expectEnd();
            } else {
                session.disconnect(ReasonCode.NOT_AUTHORIZED, "the login has ended");
            }
        }
    }
}
