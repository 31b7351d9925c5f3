package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The plain generators: one value each, without a model behind it. */
final class Generators {
    private Generators() {}

    /** Moves up or down by at most {@code step} at a time, and turns back at the bounds. */
    static Signal randomWalk(Parameters p) {
        double low = p.number("min", Double.NEGATIVE_INFINITY);
        double high = p.number("max", Double.POSITIVE_INFINITY);
        double size = p.number("step", 1);
        double start = p.number("start", Double.isFinite(low + high) ? (low + high) / 2 : 0);
        if (low > high) {
            throw p.wrong("min", "min is more than max: exchange them.");
        }
        return new Stepped(positive(p, "every", 1), p.rng()) {
            private double now = Stepped.clamp(start, low, high);

            @Override
            void advance(double second, double step) {
                double next = now + rng.between(-size, size);
                if (next > high) {
                    next = 2 * high - next;
                } else if (next < low) {
                    next = 2 * low - next;
                }
                now = Stepped.clamp(next, low, high);
            }

            @Override
            Value value() {
                return Value.of(now);
            }

            @Override
            public boolean command(String name, Value value) {
                boolean known = name.equals("value");
                if (known) {
                    now = Stepped.clamp(value.number(), low, high);
                }
                return known;
            }
        };
    }

    /** A wave around a mean, with normally distributed noise where asked. */
    static Signal sine(Parameters p) {
        double mean = p.number("mean", 0);
        double amplitude = p.number("amplitude", 1);
        double period = positive(p, "period", 60);
        double phase = p.seconds("phase", 0);
        double noise = p.number("noise", 0);
        Rng rng = p.rng();
        return seconds -> {
            double wave = amplitude * StrictMath.sin(2 * Math.PI * (seconds + phase) / period);
            return Value.of(mean + wave + (noise == 0 ? 0 : noise * rng.gaussian()));
        };
    }

    /** Independent, normally distributed. */
    static Signal gaussian(Parameters p) {
        double mean = p.number("mean", 0);
        double deviation = p.number("deviation", 1);
        Rng rng = p.rng();
        return seconds -> Value.of(mean + deviation * rng.gaussian());
    }

    /** Independent, all values between the bounds equally likely. */
    static Signal noise(Parameters p) {
        double low = p.number("min", 0);
        double high = p.number("max", 1);
        Rng rng = p.rng();
        return seconds -> Value.of(rng.between(low, high));
    }

    /** One value after the other, each for a while, round and round. */
    static Signal step(Parameters p) {
        List<Value> values = some(p, "values");
        double every = positive(p, "every", 60);
        return seconds -> values.get((int) ((long) (seconds / every + 1e-9) % values.size()));
    }

    /** Counts each look at it; starts again at {@code wrap}. */
    static Signal counter(Parameters p) {
        long start = (long) p.number("start", 0);
        long by = (long) p.number("by", 1);
        long wrap = (long) p.number("wrap", Long.MAX_VALUE);
        return new Signal() {
            private long next = start;

            @Override
            public Value at(double seconds) {
                long now = next;
                next = now + by >= wrap ? start : now + by;
                return Value.of(now);
            }

            @Override
            public boolean command(String name, Value value) {
                boolean known = name.equals("reset");
                if (known) {
                    next = start;
                }
                return known;
            }
        };
    }

    /** Another one of a list at each look, by weight. */
    static Signal choice(Parameters p) {
        List<Value> values = some(p, "of");
        double[] weights = weights(p, values.size());
        Rng rng = p.rng();
        return seconds -> values.get(rng.weighted(weights));
    }

    /** One value that commands may change. */
    static Signal constant(Parameters p) {
        List<Value> values = some(p, "value");
        return new Signal() {
            private Value now = values.get(0);

            @Override
            public Value at(double seconds) {
                return now;
            }

            @Override
            public boolean command(String name, Value value) {
                boolean known = name.equals("value");
                if (known) {
                    now = value;
                }
                return known;
            }
        };
    }

    /** Goes from state to state; each is kept for a time drawn from its range. */
    static Signal states(Parameters p) {
        Map<String, Parameters> blocks = p.objects("states");
        if (blocks.isEmpty()) {
            throw p.wrong("states", "A state machine needs states: states { idle { for = 10 s, next = [busy] } ... }.");
        }
        List<String> names = new ArrayList<>(blocks.keySet());
        List<Span> stays = new ArrayList<>();
        List<int[]> next = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        blocks.forEach((name, block) -> {
            stays.add(block.secondsSpan("for", Span.of(10)));
            List<Value> followers = block.values("next");
            next.add(followers.stream()
                    .mapToInt(to -> stateIndex(block, names, to.text()))
                    .toArray());
            weights.add(weights(block, followers.size()));
        });
        int first = stateIndex(p, names, p.text("start", names.get(0)));
        return new StateMachine(names, stays, next, weights, first, p.rng());
    }

    private static int stateIndex(Parameters block, List<String> names, String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw block.wrong(
                    block.has("next") ? "next" : "start",
                    "There is no state '" + name + "': the states are " + String.join(", ", names) + ".");
        }
        return index;
    }

    private static double[] weights(Parameters p, int count) {
        double[] given = p.numbers("weights");
        if (given.length == 0) {
            double[] equal = new double[count];
            Arrays.fill(equal, 1);
            return equal;
        }
        if (given.length != count) {
            throw p.wrong(
                    "weights", "There are " + given.length + " weights for " + count + " values: give one for each.");
        }
        return given;
    }

    private static List<Value> some(Parameters p, String key) {
        List<Value> values = p.values(key);
        if (values.isEmpty()) {
            throw p.wrong(
                    key, "'" + key + "' is missing: write what the signal may say, for instance " + key + " = [1, 2].");
        }
        return values;
    }

    /** A duration that is more than 0. */
    static double positive(Parameters p, String key, double absent) {
        double seconds = p.seconds(key, absent);
        if (!(seconds > 0)) {
            throw p.wrong(key, "'" + key + "' must be longer than 0 s.");
        }
        return seconds;
    }

    /** See {@link #states}. A state without followers is the last. */
    private static final class StateMachine implements Signal {
        private final List<String> names;
        private final List<Span> stays;
        private final List<int[]> next;
        private final List<double[]> weights;
        private final Rng rng;
        private int state;
        private double until;

        StateMachine(
                List<String> names, List<Span> stays, List<int[]> next, List<double[]> weights, int first, Rng rng) {
            this.names = names;
            this.stays = stays;
            this.next = next;
            this.weights = weights;
            this.rng = rng;
            this.state = first;
            this.until = stays.get(first).draw(rng);
        }

        @Override
        public Value at(double seconds) {
            while (seconds >= until && next.get(state).length > 0) {
                state = next.get(state)[rng.weighted(weights.get(state))];
                until += Math.max(1e-3, stays.get(state).draw(rng));
            }
            return Value.of(names.get(state));
        }

        @Override
        public boolean command(String name, Value value) {
            int wanted = names.indexOf(value.text());
            boolean known = name.equals("state") && wanted >= 0;
            if (known) {
                state = wanted;
            }
            return known;
        }
    }
}
