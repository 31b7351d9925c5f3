package io.dunlin.security.acl;

import io.dunlin.security.acl.Explanation.Near;
import io.dunlin.security.acl.Explanation.Said;
import io.dunlin.security.acl.Explanation.Step;
import java.util.ArrayList;
import java.util.List;

/** Writes an explanation for people. */
final class ExplanationText {
    private ExplanationText() {}

    static List<String> lines(Explanation explanation) {
        List<String> lines = new ArrayList<>();
        lines.add((explanation.allowed() ? "ALLOWED" : "DENIED") + " by " + explanation.decidedBy() + ": "
                + explanation.why());
        boolean decided = explanation.decidedBy().equals("superuser");
        for (Step step : explanation.steps()) {
            lines.add("  " + step.source() + (decided ? " (not asked any more): " : ": ") + said(step.said())
                    + (step.why().isEmpty() || !step.rules().isEmpty() ? "" : ": " + step.why()));
            for (Near near : step.rules()) {
                lines.add("    " + near.rule());
                lines.add("      " + near.why());
            }
            if (step.others() > 0) {
                lines.add("    " + step.others() + (step.others() == 1 ? " other rule has" : " other rules have")
                        + " nothing to do with it");
            }
            decided |= step.said() != Said.NO_OPINION;
        }
        return List.copyOf(lines);
    }

    private static String said(Said said) {
        return switch (said) {
            case ALLOWED -> "allowed";
            case ALLOWED_IN_PART -> "allowed, but each message is checked as it is delivered";
            case DENIED -> "denied";
            case NO_OPINION -> "no opinion";
            case FAILED -> "could not answer, which denies";
        };
    }
}
