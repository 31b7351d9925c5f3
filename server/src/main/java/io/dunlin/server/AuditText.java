package io.dunlin.server;

import io.dunlin.server.assess.Finding;
import io.dunlin.server.assess.Report;
import io.dunlin.server.assess.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report of {@code dunlin audit} for people: a paragraph for each finding, in colours where a terminal shows them. */
final class AuditText {
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final int WIDTH = 110;
    private static final String INDENT = "          ";

    private final boolean colours;
    private final List<String> lines = new ArrayList<>();

    AuditText(boolean colours) {
        this.colours = colours;
    }

    List<String> lines(Report report, String assessed) {
        lines.add("Assessed: " + TextTable.clean(assessed));
        lines.add("");
        report.findings().forEach(this::finding);
        for (Report.Ignored ignored : report.ignored()) {
            lines.add("ignored   " + ignored.finding().id() + " "
                    + ignored.finding().subject() + ": " + TextTable.clean(ignored.reason()));
        }
        if (!report.ignored().isEmpty()) {
            lines.add("");
        }
        report.unassessed().forEach(sentence -> lines.add("not assessed: " + TextTable.clean(sentence)));
        lines.add(summary(report));
        return lines;
    }

    private void finding(Finding finding) {
        String severity = finding.severity().toString().toUpperCase(Locale.ROOT);
        lines.add(paint(finding.severity(), severity)
                + " ".repeat(Math.max(1, INDENT.length() - severity.length()))
                + bold(finding.id()));
        wrapped("", finding.what());
        wrapped("why: ", finding.why());
        lines.add(INDENT + "fix: " + TextTable.clean(finding.fix()));
        lines.add(INDENT + "at:  " + TextTable.clean(finding.where()));
        lines.add("");
    }

    private void wrapped(String label, String text) {
        StringBuilder line = new StringBuilder(INDENT + label);
        boolean first = true;
        for (String word : TextTable.clean(text).split(" ")) {
            if (!first && line.length() + word.length() + 1 > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(INDENT + " ".repeat(label.length()));
                first = true;
            }
            line.append(first ? "" : " ").append(word);
            first = false;
        }
        lines.add(line.toString());
    }

    private String bold(String text) {
        return colours ? BOLD + text + PLAIN : text;
    }

    private String paint(Severity severity, String text) {
        String colour =
                switch (severity) {
                    case CRITICAL -> "\u001b[1;37;41m";
                    case HIGH -> "\u001b[1;31m";
                    case MEDIUM -> "\u001b[33m";
                    case LOW -> "\u001b[36m";
                    case INFO -> "\u001b[2m";
                };
        return colours ? colour + text + PLAIN : text;
    }

    private static String summary(Report report) {
        List<String> counts = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            long count = report.findings().stream()
                    .filter(finding -> finding.severity() == severity)
                    .count();
            if (count > 0) {
                counts.add(count + " " + severity);
            }
        }
        String ignored =
                report.ignored().isEmpty() ? "" : " (" + report.ignored().size() + " ignored)";
        return (counts.isEmpty() ? "Nothing was found" : "Found: " + String.join(", ", counts)) + ignored;
    }
}
