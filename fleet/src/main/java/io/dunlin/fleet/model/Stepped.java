package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * A signal that moves on in equal steps of time, whenever it is looked at: what it says does not depend on how often that is.
 */
abstract class Stepped implements Signal {
    static final double DAY = 86_400;

    /** For what happens. */
    final Rng rng;

    /** For the noise of a look at it, so that looking changes nothing. */
    final Rng look;

    private final double step;
    private long done;

    /** @param step in seconds, more than 0 */
    Stepped(double step, Rng rng) {
        this.step = step;
        this.rng = rng;
        this.look = new Rng(rng.nextLong());
    }

    @Override
    public final Value at(double seconds) {
        long due = (long) StrictMath.floor(seconds / step + 1e-9);
        while (done < due) {
            done++;
            advance(done * step, step);
        }
        return value();
    }

    /** One step further, to that second. */
    abstract void advance(double second, double step);

    abstract Value value();

    static double clamp(double value, double low, double high) {
        return value < low ? low : Math.min(value, high);
    }

    /** A wave over the day from -1 to 1 that is highest at that hour. */
    static double daily(double secondOfDay, double peakHour) {
        return StrictMath.cos(2 * Math.PI * (secondOfDay / DAY - peakHour / 24));
    }
}
