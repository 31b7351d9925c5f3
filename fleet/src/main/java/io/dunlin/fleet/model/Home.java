package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * A flat through the day: weather outside, walls that store heat, a thermostat with night setback, people who come, cook,
 * breathe and leave, lamps, and the electricity that all of it takes. Commands: setpoint (°C), lamp (on or off).
 */
final class Home extends Stepped {
    private final double dayStart;
    private final double outsideMean;
    private final double insulationHours;
    private double setpoint;
    private double temperature;
    private double humidity;
    private double carbonDioxide = 620;
    private boolean heating;
    private boolean atHome;
    private boolean lamp;
    private boolean motion;
    private double kettleLeft;
    private double outside;
    private double energy;
    private double watts;
    private double nextDecision;

    Home(Parameters p) {
        super(5, p.rng());
        this.dayStart = p.secondOfDay();
        this.outsideMean = p.number("outside", 8);
        this.insulationHours = p.number("insulation", 18);
        this.setpoint = p.number("setpoint", 21);
        this.temperature = setpoint + rng.between(-1, 0.5);
        this.humidity = rng.between(38, 55);
        this.atHome = rng.chance(0.6);
        this.energy = rng.between(900, 9000);
        advance(0, 5);
    }

    @Override
    void advance(double second, double step) {
        double hour = (dayStart + second) % DAY / 3600;
        boolean night = hour < 6 || hour >= 23;
        outside = outsideMean + 5 * daily(dayStart + second, 15);
        if (second >= nextDecision) {
            nextDecision = second + rng.between(300, 1800);
            double likely = night ? 0.97 : hour > 8 && hour < 17 ? 0.25 : 0.85;
            atHome = rng.chance(likely);
            lamp = atHome && !night && (hour < 8 || hour > 17) && rng.chance(0.8);
            kettleLeft = atHome && !night && rng.chance(0.3) ? 240 : 0;
        }
        motion = atHome && rng.chance(night ? 0.01 : 0.35);
        double wanted = night ? setpoint - 3 : setpoint;
        heating = temperature < (heating ? wanted + 0.3 : wanted - 0.3);
        double hours = step / 3600;
        double gain = (heating ? 2.2 : 0) + (atHome ? 0.25 : 0) + (kettleLeft > 0 ? 0.4 : 0);
        temperature += gain * hours - (temperature - outside) / insulationHours * hours;
        humidity = clamp(humidity + (atHome ? 1.2 : -1.5) * hours + (kettleLeft > 0 ? 6 : 0) * hours, 25, 75);
        carbonDioxide += (atHome ? 260 : 0) * hours - (carbonDioxide - 420) * 0.35 * hours;
        kettleLeft = Math.max(0, kettleLeft - step);
        watts = 75 + (lamp ? 42 : 0) + (kettleLeft > 0 ? 1950 : 0) + (heating ? 60 : 0) + (motion ? 90 : 0);
        energy += watts * hours / 1000;
    }

    @Override
    Value value() {
        return new Fields()
                .real("temperature", temperature + 0.05 * look.gaussian())
                .real("humidity", humidity)
                .real("co2", carbonDioxide)
                .real("outside", outside)
                .real("setpoint", setpoint)
                .flag("heating", heating)
                .flag("motion", motion)
                .text("lamp", lamp ? "on" : "off")
                .real("power", watts)
                .real("energy", energy)
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        switch (name) {
            case "setpoint" -> setpoint = clamp(Double.isNaN(value.number()) ? setpoint : value.number(), 5, 30);
            case "lamp" -> lamp = value.truth();
            default -> {
                return false;
            }
        }
        return true;
    }
}
