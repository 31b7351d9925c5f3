package io.dunlin.security.acl;

import java.util.List;

/**
 * Who decided about a question, and why.
 *
 * @param allowed what came out
 * @param whole of an allowed subscription: whether the client may receive all that it matches
 * @param decidedBy the place that decided: superuser, login, a source, no-match
 * @param why the rule that decided and where it stands, or a sentence
 * @param steps all places in the order in which they are asked, those too that would only have been asked after the one that decided
 */
public record Explanation(boolean allowed, boolean whole, String decidedBy, String why, List<Step> steps) {
    public Explanation {
        steps = List.copyOf(steps);
    }

    /** What a place says. */
    public enum Said {
        ALLOWED,
        /** Allowed, but not all messages that match. */
        ALLOWED_IN_PART,
        DENIED,
        /** Nothing: the next one is asked. */
        NO_OPINION,
        /** It could not answer, which denies. */
        FAILED
    }

    /**
     * One place.
     *
     * @param why what it says of its opinion; empty where it has none
     * @param rules those that came near, in their order
     * @param others how many rules of the place have nothing to do with the question
     */
    public record Step(String source, Said said, String why, List<Near> rules, int others) {
        public Step {
            rules = List.copyOf(rules);
        }
    }

    /**
     * A rule that came near.
     *
     * @param rule where it stands and what it says
     * @param fits whether all its conditions hold
     * @param why a sentence
     */
    public record Near(String rule, boolean fits, String why) {}

    /** As lines for people. */
    public List<String> lines() {
        return ExplanationText.lines(this);
    }
}
