package io.dunlin.fleet.model;

/**
 * Random numbers from a seed, the same on every machine and JDK (SplitMix64). One for each purpose of each device, so that
 * what happens to one does not change the others. Not thread-safe.
 */
public final class Rng {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    public Rng(long seed) {
        this.state = seed;
    }

    /** A stream of its own for this purpose. */
    public static Rng of(long seed, String purpose) {
        long hash = 0xCBF2_9CE4_8422_2325L ^ mix(seed);
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100_0000_01B3L;
        }
        return new Rng(mix(hash));
    }

    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    private static long mix(long bits) {
        long z = bits;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    /** From 0 up to, not including, 1. */
    public double unit() {
        return (nextLong() >>> 11) * UNIT;
    }

    public double between(double low, double high) {
        return low + (high - low) * unit();
    }

    /** From 0 to bound - 1. */
    public int index(int bound) {
        return (int) (unit() * bound);
    }

    public boolean chance(double probability) {
        return unit() < probability;
    }

    /** Normally distributed with mean 0 and deviation 1 (Box and Muller). */
    public double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit()));
        return radius * StrictMath.cos(2 * Math.PI * unit());
    }

    /** An index by weight; the weights need not sum up to 1. */
    public int weighted(double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double drawn = unit() * total;
        for (int i = 0; i < weights.length - 1; i++) {
            drawn -= weights[i];
            if (drawn < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }
}
