package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.List;

/**
 * A delivery van on a route: speeds up and slows down, stops at traffic lights and at the filling station, burns fuel by
 * speed and acceleration, and is in a tunnel for stretches of the route. Commands: limit (km/h), stop (true or false).
 */
final class Vehicle extends Stepped {
    private static final double ACCELERATION = 1.8;
    private static final double BRAKING = 2.6;
    private static final double IDLE_LITRES_PER_HOUR = 0.9;

    /** A loop through Hamburg's harbour with the old Elbe tunnel on it. */
    private static final List<double[]> HAMBURG = List.of(
            new double[] {53.5453, 9.9661},
            new double[] {53.5407, 9.9665},
            new double[] {53.5329, 9.9811},
            new double[] {53.5243, 10.0082},
            new double[] {53.5326, 10.0277},
            new double[] {53.5465, 10.0195},
            new double[] {53.5511, 9.9937});

    private final Path path;
    private final List<double[]> tunnels;
    private final double tankLitres;
    private double limit;
    private boolean stopped;
    private double travelled;
    private final double offset;
    private double speed;
    private double wanted;
    private double nextChange;
    private double fuel;
    private double pause;

    Vehicle(Parameters p) {
        super(1, p.rng());
        this.path = Path.of(p, HAMBURG);
        List<double[]> given = p.rows("tunnels");
        if (given.stream().anyMatch(tunnel -> tunnel.length != 2)) {
            throw p.wrong("tunnels", "A tunnel goes from metre to metre of the route: tunnels = [[60, 480]].");
        }
        this.tunnels = given.isEmpty() && !p.has("points") ? List.of(new double[] {60, 480}) : given;
        this.tankLitres = p.number("tank", 70);
        this.limit = p.number("limit", 50);
        this.fuel = tankLitres * rng.between(0.35, 0.95);
        this.offset = rng.unit() * path.length();
    }

    @Override
    void advance(double second, double step) {
        if (second >= nextChange) {
            nextChange = second + rng.between(15, 90);
            boolean redLight = rng.chance(0.22);
            wanted = redLight ? 0 : limit * rng.between(0.6, 1.02);
        }
        if (fuel < tankLitres * 0.06 && pause <= 0 && speed < 0.5) {
            pause = 180;
        }
        double target = stopped || pause > 0 || fuel < tankLitres * 0.06 ? 0 : wanted / 3.6;
        double before = speed;
        speed = clamp(target, speed - BRAKING * step, speed + ACCELERATION * step);
        travelled += speed * step;
        double litresPerHour = IDLE_LITRES_PER_HOUR + 0.011 * speed * speed + Math.max(0, speed - before) / step * 7;
        fuel = Math.max(0, fuel - litresPerHour * step / 3600);
        if (pause > 0) {
            pause -= step;
            fuel = pause <= 0 ? tankLitres : fuel;
        }
    }

    private boolean inTunnel() {
        double along = path.along(offset + travelled);
        return tunnels.stream().anyMatch(tunnel -> along >= tunnel[0] && along <= tunnel[1]);
    }

    @Override
    Value value() {
        Path.Place place = path.at(offset + travelled);
        return new Fields()
                .real("latitude", place.latitude())
                .real("longitude", place.longitude())
                .real("heading", place.heading())
                .real("speed", speed * 3.6)
                .real("fuel", fuel)
                .real("odometer", travelled / 1000)
                .flag("tunnel", inTunnel())
                .text("state", pause > 0 ? "refuelling" : speed < 0.1 ? "standing" : "driving")
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        switch (name) {
            case "limit" -> limit = clamp(Double.isNaN(value.number()) ? limit : value.number(), 5, 130);
            case "stop" -> stopped = value.truth();
            default -> {
                return false;
            }
        }
        return true;
    }
}
