package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * A spot in a field: rain fills the soil, sun and plants empty it, water above what the soil holds seeps away; the sensor's
 * battery runs down and a small panel fills it. Commands: irrigate (minutes).
 */
final class Field extends Stepped {
    private static final double FIELD_CAPACITY = 36;
    private static final double WILTING_POINT = 11;

    private final double dayStart;
    private final double drying;
    private final double rainChance;
    private double moisture;
    private double soilTemperature;
    private double air;
    private double rain;
    private double rainLeft;
    private double irrigationLeft;
    private double battery;

    Field(Parameters p) {
        super(60, p.rng());
        this.dayStart = p.secondOfDay();
        this.drying = p.number("drying", 4.5);
        this.rainChance = 1 / Generators.positive(p, "rain-every", 2.5 * DAY);
        this.moisture = p.number("start", rng.between(18, 32));
        this.soilTemperature = rng.between(10, 14);
        this.battery = rng.between(3.6, 4.1);
        this.air = 14;
    }

    @Override
    void advance(double second, double step) {
        double day = dayStart + second;
        double sun = Math.max(0, daily(day, 13));
        air = 14 + 6 * daily(day, 15) - (rainLeft > 0 ? 3 : 0);
        soilTemperature += (air - soilTemperature) * step / (6 * 3600);
        if (rainLeft <= 0 && rng.chance(rainChance * step)) {
            rainLeft = rng.between(1200, 4 * 3600);
            rain = rng.between(0.5, 7);
        }
        double water = (rainLeft > 0 ? rain : 0) + (irrigationLeft > 0 ? 12 : 0);
        double plants = clamp((moisture - WILTING_POINT) / (FIELD_CAPACITY - WILTING_POINT), 0, 1);
        double hours = step / 3600;
        moisture += water * 0.35 * hours - drying / 8 * sun * plants * hours;
        moisture -= Math.max(0, moisture - FIELD_CAPACITY) * 0.25 * hours;
        moisture = clamp(moisture, 4, 55);
        rainLeft -= step;
        irrigationLeft -= step;
        battery = clamp(battery + (0.010 * sun - 0.0022) * hours, 3.1, 4.15);
    }

    @Override
    Value value() {
        return new Fields()
                .real("moisture", moisture + 0.1 * look.gaussian())
                .real("soil-temperature", soilTemperature)
                .real("air-temperature", air)
                .real("rain", rainLeft > 0 ? rain : 0)
                .flag("irrigating", irrigationLeft > 0)
                .real("battery", battery)
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        boolean known = name.equals("irrigate");
        if (known) {
            irrigationLeft = 60 * clamp(Double.isNaN(value.number()) ? 10 : value.number(), 0, 240);
        }
        return known;
    }
}
