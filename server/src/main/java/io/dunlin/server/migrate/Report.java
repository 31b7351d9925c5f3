package io.dunlin.server.migrate;

import java.util.ArrayList;
import java.util.List;

/** What was taken, and what could not be: each with its place. One thread. */
final class Report {
    private final List<String> taken = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    void taken(Directive directive, String as) {
        taken.add(directive.place() + ": " + directive.shown() + " -> " + as);
    }

    void taken(String place, String what) {
        taken.add(place + ": " + what);
    }

    void left(Directive directive, String why) {
        left.add(directive.place() + ": " + directive.shown() + ": " + why);
    }

    void left(String place, String why) {
        left.add(place + ": " + why);
    }

    List<String> takenLines() {
        return List.copyOf(taken);
    }

    List<String> leftLines() {
        return List.copyOf(left);
    }
}
