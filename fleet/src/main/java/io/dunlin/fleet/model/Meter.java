package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * An electricity meter: a household's load over the day with appliances that switch, solar power where there is a roof for
 * it, registers in kWh that only grow, and the voltage of the street. Commands: disconnect, connect.
 */
final class Meter extends Stepped {
    private final double dayStart;
    private final double baseWatts;
    private final double solarWatts;
    private boolean connected = true;
    private double imported;
    private double exported;
    private double appliance;
    private double applianceLeft;
    private double clouds = 0.8;
    private double power;
    private double voltage = 230;

    Meter(Parameters p) {
        super(10, p.rng());
        this.dayStart = p.secondOfDay();
        this.baseWatts = p.number("base", rng.between(90, 320));
        this.solarWatts = p.number("solar", rng.chance(0.3) ? rng.between(2500, 9000) : 0);
        this.imported = p.number("start", rng.between(1000, 60_000));
        this.exported = solarWatts > 0 ? rng.between(500, 9000) : 0;
        advance(0, 10);
    }

    @Override
    void advance(double second, double step) {
        double day = dayStart + second;
        double hour = day % DAY / 3600;
        double busy = 0.35 + 0.35 * Math.max(0, daily(day, 19)) + 0.2 * Math.max(0, daily(day, 7.5));
        if (applianceLeft <= 0 && rng.chance(busy * step / 1500)) {
            appliance = rng.between(600, 3200);
            applianceLeft = rng.between(180, 3600);
        }
        applianceLeft -= step;
        clouds = clamp(clouds + 0.02 * rng.gaussian(), 0.1, 1);
        double sun = hour > 6 && hour < 20 ? StrictMath.sin(Math.PI * (hour - 6) / 14) : 0;
        double load = baseWatts * (1 + busy) + (applianceLeft > 0 ? appliance : 0) + 4 * rng.gaussian();
        power = connected ? load - solarWatts * sun * clouds : 0;
        double kilowattHours = power * step / 3_600_000;
        imported += Math.max(0, kilowattHours);
        exported += Math.max(0, -kilowattHours);
        voltage = clamp(voltage + 0.15 * rng.gaussian() + (231 - power / 2500 - voltage) * 0.05, 207, 253);
    }

    @Override
    Value value() {
        return new Fields()
                .real("power", power)
                .real("imported", imported)
                .real("exported", exported)
                .real("voltage", voltage)
                .real("current", Math.abs(power) / voltage)
                .flag("connected", connected)
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        switch (name) {
            case "disconnect" -> connected = false;
            case "connect" -> connected = true;
            default -> {
                return false;
            }
        }
        return true;
    }
}
