package io.dunlin.server.sys;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much happens in a minute, as averages over 1, 5 and 15 minutes that forget exponentially, in mosquitto's way: of a time
 * {@code t} since the last update, {@code exp(-t/1min)} (5, 15) of the old average is kept. Thread: one.
 */
final class LoadAverages {
    private static final int[] MINUTES = {1, 5, 15};
    private static final double SECONDS_PER_MINUTE = 60;

    private final List<Load> loads = new ArrayList<>();

    /** @param total a figure that only grows */
    void add(String topic, LongSupplier total) {
        loads.add(new Load(topic, total));
    }

    /** Takes the time since the last update, which is more than zero, into account. */
    void update(Duration elapsed) {
        double seconds = elapsed.toNanos() / 1e9;
        for (Load load : loads) {
            load.update(seconds);
        }
    }

    /** Puts each average under {@code topic/1min} and so on. */
    void collect(Map<String, String> into) {
        for (Load load : loads) {
            for (int i = 0; i < MINUTES.length; i++) {
                into.put(load.topic + "/" + MINUTES[i] + "min", String.format(Locale.ROOT, "%.2f", load.averages[i]));
            }
        }
    }

    private static final class Load {
        private final String topic;
        private final LongSupplier total;
        private final double[] averages = new double[MINUTES.length];
        private long last;

        Load(String topic, LongSupplier total) {
            this.topic = topic;
            this.total = total;
            this.last = total.getAsLong();
        }

        void update(double seconds) {
            long now = total.getAsLong();
            double perMinute = (now - last) * SECONDS_PER_MINUTE / seconds;
            last = now;
            for (int i = 0; i < MINUTES.length; i++) {
                double kept = Math.exp(-seconds / (SECONDS_PER_MINUTE * MINUTES[i]));
                averages[i] = perMinute + kept * (averages[i] - perMinute);
            }
        }
    }
}
