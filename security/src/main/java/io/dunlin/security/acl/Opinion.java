package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Verdict;
import java.util.concurrent.CompletionStage;

/** What an {@link AccessSource} says. */
public sealed interface Opinion {
    /** The same, but to be asked again from that time on, of the broker's {@link io.dunlin.broker.port.Clock#nanos}. */
    Opinion withEnd(long goodUntilNanos);

    /** @param why the rule that decided and where it stands, for people; made once per rule, not per question */
    record Decided(Verdict verdict, String why) implements Opinion {
        @Override
        public Opinion withEnd(long goodUntilNanos) {
            long until = Math.min(verdict.goodUntilNanos(), goodUntilNanos);
            return new Decided(new Verdict(verdict.allowed(), verdict.whole(), until), why);
        }
    }

    /** Its service is being asked; a failure, also a time-out, denies. */
    record Asking(CompletionStage<Opinion> opinion) implements Opinion {
        @Override
        public Opinion withEnd(long goodUntilNanos) {
            return new Asking(opinion.thenApply(later -> later.withEnd(goodUntilNanos)));
        }
    }

    /**
     * Nothing fits: the next source is asked.
     *
     * @param inPart only of SUBSCRIBE: whether it would refuse some of the messages that the filter matches, so that RECEIVE has to be
     *     asked for each where another source allows the subscription
     * @param goodUntilNanos as {@link Verdict#goodUntilNanos}
     */
    record None(boolean inPart, long goodUntilNanos) implements Opinion {
        @Override
        public Opinion withEnd(long until) {
            return new None(inPart, Math.min(goodUntilNanos, until));
        }
    }

    None NONE = new None(false, Verdict.FOREVER);

    /** Nothing fits the whole filter, but some of the messages that it matches would be refused. */
    None NONE_IN_PART = new None(true, Verdict.FOREVER);
}
