package io.dunlin.checks;

/** What a check found: where, and what to do. */
record Finding(String place, String problem) {
    @Override
    public String toString() {
        return place + ": " + problem;
    }
}
