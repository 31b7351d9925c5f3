package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * An industrial furnace: heater, walls that lose heat to the hall and, hot, by radiation; a controller that holds the
 * setpoint; charges of cold parts that pull the temperature down; a thermocouple that drifts away from the truth over the
 * weeks; alarms with hysteresis. Commands: setpoint (°C), power (on or off), calibrate.
 */
final class Furnace extends Stepped {
    private static final double AMBIENT = 22;
    /** Heat capacity of lining and load, kJ/K. */
    private static final double CAPACITY = 900;
    /** Loss through the walls, kW/K. */
    private static final double CONDUCTION = 0.09;
    /** Radiation through the door's gaps, kW/K^4. */
    private static final double RADIATION = 2.2e-11;

    private static final double ZERO_CELSIUS = 273.15;
    private static final double INTEGRAL_SECONDS = 900;

    private final double heaterKilowatts;
    private final double driftPerDay;
    private final double alarmAt;
    private final double noise;
    private final Span chargeEvery;
    private double setpoint;
    private boolean powered = true;
    private double temperature;
    private double integral;
    private double heating;
    private double drift;
    private double nextCharge;
    private double chargeLeft;
    private boolean high;
    private boolean low;

    Furnace(Parameters p) {
        super(1, p.rng());
        this.setpoint = p.number("setpoint", 950);
        this.heaterKilowatts = p.number("heater", 260);
        this.driftPerDay = p.number("drift", 0.4);
        this.alarmAt = p.number("alarm", 25);
        this.noise = p.number("noise", 0.3);
        this.chargeEvery = p.secondsSpan("charge-every", new Span(1500, 2400));
        this.temperature = p.number("start", setpoint - rng.between(0, 15));
        this.nextCharge = chargeEvery.draw(rng) * rng.unit();
        this.integral = losses() / heaterKilowatts;
    }

    private double losses() {
        double kelvin = temperature + ZERO_CELSIUS;
        double hall = AMBIENT + ZERO_CELSIUS;
        return CONDUCTION * (temperature - AMBIENT)
                + RADIATION * (kelvin * kelvin * kelvin * kelvin - hall * hall * hall * hall);
    }

    @Override
    void advance(double second, double step) {
        if (second >= nextCharge) {
            nextCharge += Math.max(60, chargeEvery.draw(rng));
            chargeLeft = rng.between(200, 420);
        }
        double cold = 0;
        if (chargeLeft > 0) {
            chargeLeft -= step;
            cold = 0.16 * (temperature - AMBIENT);
        }
        double error = setpoint - measured();
        integral = clamp(integral + 0.012 * error * step / INTEGRAL_SECONDS * 10, 0, 1);
        heating = powered ? clamp(0.02 * error + integral, 0, 1) : 0;
        temperature += (heating * heaterKilowatts - losses() - cold) * step / CAPACITY;
        drift += driftPerDay * step / DAY + 0.002 * rng.gaussian();
        double off = measured() - setpoint;
        high = off > (high ? alarmAt * 0.6 : alarmAt);
        low = off < -(low ? alarmAt * 0.6 : alarmAt);
    }

    private double measured() {
        return temperature + drift;
    }

    @Override
    Value value() {
        return new Fields()
                .real("temperature", measured() + noise * look.gaussian())
                .real("setpoint", setpoint)
                .real("power", heating * heaterKilowatts)
                .real("drift", drift)
                .text("phase", chargeLeft > 0 ? "charging" : powered ? "holding" : "off")
                .text("alarm", high ? "high" : low ? "low" : "none")
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        switch (name) {
            case "setpoint" -> setpoint = clamp(Double.isNaN(value.number()) ? setpoint : value.number(), 0, 1300);
            case "power" -> powered = value.truth();
            case "calibrate" -> drift = 0;
            default -> {
                return false;
            }
        }
        return true;
    }
}
