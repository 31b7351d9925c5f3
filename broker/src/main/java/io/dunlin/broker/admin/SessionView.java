package io.dunlin.broker.admin;

import io.dunlin.broker.port.Principal;
import io.dunlin.broker.session.Lag;
import io.dunlin.broker.session.Session;
import io.dunlin.broker.session.SessionCard;
import io.dunlin.broker.session.SessionFigures;
import org.jspecify.annotations.Nullable;

/** A session as it was when somebody looked, without asking its shard. Thread: one at a time. */
public final class SessionView {
    private final Session session;
    private final String clientId; // of its own: lists compare it more often than all else
    private final SessionCard card;
    private @Nullable Principal principal;
    private @Nullable SessionFigures glanced; // once: who sorts by it must not see it change
    private @Nullable Lag lag; // likewise

    SessionView(Session session) {
        this.session = session;
        this.clientId = session.clientId();
        this.card = session.card();
    }

    public String clientId() {
        return clientId;
    }

    /** As it was when first asked for. */
    public Principal principal() {
        Principal known = principal;
        if (known == null) {
            known = session.principal();
            principal = known;
        }
        return known;
    }

    public SessionCard card() {
        return card;
    }

    /** Whether it outlives its connection. */
    public boolean isLasting() {
        return card.expirySeconds() > 0;
    }

    /** As they were when first asked for: good enough to sort by, while {@link Views#figures} asks the shard. */
    public SessionFigures glance() {
        SessionFigures known = glanced;
        if (known == null) {
            known = session.glance();
            glanced = known;
        }
        return known;
    }

    /** As it was when first asked for. */
    public Lag lag() {
        Lag known = lag;
        if (known == null) {
            known = Lag.of(session, session.shard().clock().nanos());
            lag = known;
        }
        return known;
    }
}
