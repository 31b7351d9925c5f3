package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Principal;
import java.util.List;

/** A source that consists of rules, and can say of each why it fits or not. */
interface RuleSource extends AccessSource {
    Opinion ask(Question question);

    /** The lists of rules that this question goes through, the first first. */
    List<CompiledRules> lists(Question question);

    /** All rules, whomever they concern. */
    List<CompiledRule> rules();

    @Override
    default Opinion ask(Principal principal, Action action, String topic) {
        return ask(Question.of(principal, action, topic, RoleBook.EMPTY));
    }
}
