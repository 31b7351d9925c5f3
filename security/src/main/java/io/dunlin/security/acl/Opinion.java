package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Verdict;
import java.util.concurrent.CompletionStage;

/** What an {@link AccessSource} says. */
public sealed interface Opinion {
    /** @param why the rule that decided and where it stands, for people; made once per rule, not per question */
    record Decided(Verdict verdict, String why) implements Opinion {}

    /** Its service is being asked; a failure, also a time-out, denies. */
    record Asking(CompletionStage<Opinion> opinion) implements Opinion {}

    /** Nothing fits: the next source is asked. */
    record None() implements Opinion {}

    None NONE = new None();
}
