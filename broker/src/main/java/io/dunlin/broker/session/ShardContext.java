package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.Router;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Shard;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the connections and sessions of one shard work with. Thread: the shard.
 */
public final class ShardContext {
    private final Core core;
    private final Shard shard;
    private final Router router;
    private final Set<Link> links = new LinkedHashSet<>();
    private final Partials partials = new Partials();
    private long connectSecond;
    private int connectsInSecond;

    public ShardContext(Core core, Shard shard, Router router) {
        this.core = core;
        this.shard = shard;
        this.router = router;
    }

    Core core() {
        return core;
    }

    public Shard shard() {
        return shard;
    }

    public Router router() {
        return router;
    }

    Counters.Row counters() {
        return shard.counters();
    }

    /** What has come of packets that are not complete. */
    Partials partials() {
        return partials;
    }

    /** All connections of this shard. */
    public Set<Link> links() {
        return links;
    }

    /** Publishes where nobody waits for an answer: a will, or a message of the broker itself (principal null). */
    public void publish(@Nullable Principal principal, Message message) {
        if (principal == null) {
            store(message);
            return;
        }
        if (Messages.isReserved(message.topic())) {
            counters().increment(Counters.Counter.DROPPED_NOT_AUTHORIZED);
            return;
        }
        Action action = Action.publish(message.qos(), message.retain());
        switch (core.authorizer().authorize(principal, action, message.topic().text())) {
            case Verdict verdict -> publish(verdict, principal, action, message);
            case Pending pending ->
                pending.verdict()
                        .whenComplete((verdict, failure) -> shard.execute(
                                "a will",
                                () -> publish(verdict == null ? Verdict.DENIED : verdict, principal, action, message)));
        }
    }

    private void publish(Verdict verdict, Principal principal, Action action, Message message) {
        if (verdict.allowed()) {
            store(message);
        } else {
            counters().increment(Counters.Counter.DROPPED_NOT_AUTHORIZED);
            shard.recorder()
                    .refused(
                            Happening.PUBLISH_DENIED,
                            principal.clientId(),
                            message.topic(),
                            message.qos(),
                            "not authorized to publish its will there");
            core.events().denied(principal, action, message.topic().text());
        }
    }

    private void store(Message message) {
        shard.nanos(); // it may be the first thing that happens here for a while
        if (message.retain() && retain(message, Durability.MEMORY).outcome() == RetainedStore.Outcome.QUOTA_EXCEEDED) {
            counters().increment(Counters.Counter.RETAINED_REFUSED);
        }
        router.route(message, null, Durability.MEMORY, 0);
    }

    /** Makes it the retained message of its topic, in memory and in the journal. */
    RetainedStore.Stored retain(Message message, Durability wanted) {
        return core.retained().store(message, kept -> journaled(kept, wanted));
    }

    /**
     * Takes out exactly this retained message, in memory and in the journal.
     *
     * @param empty what the journal is told in its place
     * @return where the journal has it; empty where another one is there now
     */
    OptionalLong removeRetained(Message message, Message empty, Durability wanted) {
        return core.retained().remove(message, gone -> journaled(empty, wanted));
    }

    private long journaled(Message kept, Durability wanted) {
        return RetainedStore.isJournaled(kept)
                ? shard.journal().append(Journal.partition(kept.publisher()), new JournalRecord.Retained(kept), wanted)
                : Journal.NOTHING;
    }

    /** Whether one more CONNECT in this second is within the limit; counts it. */
    boolean admitsConnect() {
        int limit = core.options().connections().connectsPerSecondMax();
        long second = shard.nanos() / 1_000_000_000L;
        if (second != connectSecond) {
            connectSecond = second;
            connectsInSecond = 0;
        }
        return ++connectsInSecond <= limit || limit == 0;
    }
}
