package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Verdict;
import java.util.concurrent.CompletionStage;

/** What an {@link AccessSource} says. */
public sealed interface Opinion {
    /** @param why the rule that decided and where it stands, for people; made once per rule, not per question */
    record Decided(Verdict verdict, String why) implements Opinion {}

    /** Its service is being asked; a failure, also a time-out, denies. */
    record Asking(CompletionStage<Opinion> opinion) implements Opinion {}

    /**
     * Nothing fits: the next source is asked.
     *
     * @param inPart only of SUBSCRIBE: whether it would refuse some of the messages that the filter matches, so that RECEIVE has to be
     *     asked for each where another source allows the subscription
     * @param goodUntilNanos as {@link Verdict#goodUntilNanos}
     */
    record None(boolean inPart, long goodUntilNanos) implements Opinion {}

    None NONE = new None(false, Verdict.FOREVER);

    /** Nothing fits the whole filter, but some of the messages that it matches would be refused. */
    None NONE_IN_PART = new None(true, Verdict.FOREVER);

    /** The same, but to be asked again from that time on, of the broker's {@link io.dunlin.broker.port.Clock#nanos}. */
    default Opinion withEnd(long goodUntilNanos) {
        return switch (this) {
            case Decided(Verdict verdict, String why) ->
                new Decided(
                        new Verdict(
                                verdict.allowed(), verdict.whole(), Math.min(verdict.goodUntilNanos(), goodUntilNanos)),
                        why);
            case None none -> new None(none.inPart, Math.min(none.goodUntilNanos, goodUntilNanos));
            case Asking asking -> new Asking(asking.opinion.thenApply(later -> later.withEnd(goodUntilNanos)));
        };
    }
}
