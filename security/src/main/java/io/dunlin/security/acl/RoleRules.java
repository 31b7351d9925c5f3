package io.dunlin.security.acl;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the roles that a client has. Each role is asked by itself, its first rule that fits speaks for it; what one role denies no
 * other role allows, whatever their names. Any thread.
 */
public final class RoleRules implements RuleSource {
    /** As the configuration calls it. */
    public static final String NAME = "users";

    private final Roles roles;

    public RoleRules(Roles roles) {
        this.roles = roles;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Opinion ask(Question question) {
        return ask(question, roles.current());
    }

    private static Opinion ask(Question question, RoleBook book) {
        CompiledRule allowing = null;
        boolean whole = false;
        boolean refusesSome = false;
        for (String role : question.roles()) {
            CompiledRules rules = book.rulesOf(role);
            if (rules.isEmpty()) {
                continue;
            }
            Finding finding = rules.find(question);
            CompiledRule deciding = finding.deciding();
            if (deciding != null && !deciding.allows()) {
                return deciding.opinion(true);
            }
            allowing = first(allowing, deciding);
            whole |= finding.allowsAll();
            refusesSome |= finding.refusesSome();
        }
        if (allowing == null) {
            return refusesSome ? Opinion.NONE_IN_PART : Opinion.NONE;
        }
        return allowing.opinion(!question.isSubscribe() || whole && !refusesSome);
    }

    /** The one that is named to people, the same each time. */
    private static @Nullable CompiledRule first(@Nullable CompiledRule one, @Nullable CompiledRule other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.rule().origin().compareTo(other.rule().origin()) <= 0 ? one : other;
    }

    @Override
    public List<CompiledRules> lists(Question question) {
        RoleBook book = roles.current();
        List<CompiledRules> lists = new ArrayList<>();
        question.roles().stream().sorted().forEach(role -> lists.add(book.rulesOf(role)));
        return lists;
    }

    @Override
    public List<CompiledRule> rules() {
        RoleBook book = roles.current();
        return book.roles().keySet().stream()
                .sorted()
                .flatMap(role -> book.rulesOf(role).rules().stream())
                .toList();
    }
}
