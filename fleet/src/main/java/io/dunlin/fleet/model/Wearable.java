package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * A watch on a wrist: what the person does drives the heart rate, which follows slowly, and the steps; blood oxygen, skin
 * temperature and a battery that is charged when it runs low. Commands: measure (takes the battery a little further down).
 */
final class Wearable extends Stepped {
    private enum Activity {
        SLEEPING(54, 0),
        RESTING(68, 0),
        WALKING(98, 1.8),
        RUNNING(152, 2.8);

        private final double heartRate;
        private final double stepsPerSecond;

        Activity(double heartRate, double stepsPerSecond) {
            this.heartRate = heartRate;
            this.stepsPerSecond = stepsPerSecond;
        }
    }

    private final double dayStart;
    private final double fitness;
    private Activity activity = Activity.RESTING;
    private double activityLeft;
    private double heartRate = 70;
    private double steps;
    private double battery;
    private boolean charging;

    Wearable(Parameters p) {
        super(1, p.rng());
        this.dayStart = p.secondOfDay();
        this.fitness = p.number("fitness", rng.between(0.85, 1.15));
        this.battery = p.number("battery", rng.between(25, 100));
    }

    @Override
    void advance(double second, double step) {
        activityLeft -= step;
        if (activityLeft <= 0) {
            double hour = (dayStart + second) % DAY / 3600;
            boolean night = hour < 6.5 || hour > 23;
            activity = night ? Activity.SLEEPING : Activity.values()[1 + rng.weighted(new double[] {6, 3, 1})];
            activityLeft = rng.between(120, 1800);
        }
        heartRate += (activity.heartRate / fitness - heartRate) * step / 25 + 0.35 * rng.gaussian();
        heartRate = clamp(heartRate, 40, 195);
        steps += activity.stepsPerSecond * step * rng.between(0.8, 1.1);
        charging = charging ? battery < 98 : battery < 8;
        battery = clamp(battery + (charging ? 0.022 : -0.0012) * step, 0, 100);
    }

    @Override
    Value value() {
        return new Fields()
                .whole("heart-rate", Math.round(heartRate))
                .whole("steps", (long) steps)
                .real("spo2", clamp(97.5 - Math.max(0, heartRate - 140) * 0.03 + 0.3 * look.gaussian(), 88, 100))
                .real("skin-temperature", 32.8 + (heartRate - 60) * 0.012 + 0.05 * look.gaussian())
                .text("activity", activity.name().toLowerCase(java.util.Locale.ROOT))
                .real("battery", battery)
                .flag("charging", charging)
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        boolean known = name.equals("measure");
        if (known) {
            battery = Math.max(0, battery - 0.1);
        }
        return known;
    }
}
