package io.dunlin.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Calls that stand only in the places listed in {@code places.txt}: {@code rule | path or folder/ | reason}. */
final class CallRules {
    private enum Rule {
        CLOCK(
                "System\\s*\\.\\s*(currentTimeMillis|nanoTime)\\b|\\b(Instant|LocalDateTime|ZonedDateTime)\\s*\\.\\s*now\\b"),
        SLEEP(
                "\\bThread\\s*\\.\\s*sleep\\b|TimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sleep\\b|LockSupport\\s*\\.\\s*parkNanos\\b"),
        LOCK("\\bsynchronized\\b"),
        THREAD("\\bnew\\s+Thread\\b|\\bThread\\s*\\.\\s*(ofVirtual|ofPlatform|startVirtualThread)\\b");

        private final Pattern pattern;

        Rule(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }

        /** Threads may start anywhere but in the language and the core; clocks matter in the program, not in its tests. */
        private boolean concerns(JavaSource source) {
            return switch (this) {
                case SLEEP -> true;
                case CLOCK, LOCK -> source.kind() == JavaSource.Kind.MAIN;
                case THREAD ->
                    source.kind() == JavaSource.Kind.MAIN
                            && List.of("protocol", "broker", "sample").contains(source.module());
            };
        }
    }

    private record Place(Rule rule, String path, String reason) {
        static Place of(String line) {
            var parts = line.split("\\s*\\|\\s*", -1);
            if (parts.length != 3 || parts[2].isBlank()) {
                throw new IllegalArgumentException("not 'rule | path | reason': " + line);
            }
            return new Place(Rule.valueOf(parts[0]), parts[1], parts[2]);
        }

        boolean covers(Rule rule, String path) {
            return rule == this.rule && (this.path.endsWith("/") ? path.startsWith(this.path) : path.equals(this.path));
        }
    }

    private final List<Place> places;

    CallRules(List<String> lines) {
        places = lines.stream().map(Place::of).toList();
    }

    /** Every call outside the listed places, and every listed place without such a call. */
    List<Finding> findings(List<JavaSource> sources) {
        var findings = new ArrayList<Finding>();
        var unused = new ArrayList<>(places);
        for (var source : sources) {
            var code = source.code();
            for (var rule : Rule.values()) {
                var lines = rule.concerns(source)
                        ? SourceRules.linesWith(rule.pattern, code).toList()
                        : List.<Integer>of();
                if (lines.isEmpty()) {
                    continue;
                }
                if (places.stream().anyMatch(place -> place.covers(rule, source.path()))) {
                    unused.removeIf(place -> place.covers(rule, source.path()));
                } else {
                    lines.forEach(line -> findings.add(
                            new Finding(source.path() + ":" + line, rule + " outside the places of places.txt")));
                }
            }
        }
        unused.forEach(place -> findings.add(
                new Finding("places.txt", place.rule + " no longer occurs in " + place.path + ", take the line out")));
        return findings;
    }
}
