package io.dunlin.fleet.model;

/** A range, both ends included, from which a value is drawn at each use; low and high are the same for a fixed value. */
public record Span(double low, double high) {
    public static Span of(double fixed) {
        return new Span(fixed, fixed);
    }

    public double draw(Rng rng) {
        return low == high ? low : rng.between(low, high);
    }
}
