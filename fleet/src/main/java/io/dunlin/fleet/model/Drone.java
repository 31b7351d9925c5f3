package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.List;
import java.util.Locale;

/**
 * A drone that surveys a route from the air: takes off, flies it, comes home when the battery asks for it, lands, charges,
 * and starts again. Wind pushes and costs energy. Commands: return, land, start.
 */
final class Drone extends Stepped {
    private enum State {
        CHARGING,
        CLIMBING,
        SURVEYING,
        RETURNING,
        LANDING
    }

    /** A rectangle over fields north of Lüneburg. */
    private static final List<double[]> FIELDS = List.of(
            new double[] {53.2805, 10.4090},
            new double[] {53.2858, 10.4093},
            new double[] {53.2861, 10.4187},
            new double[] {53.2809, 10.4191});

    private final Path path;
    private final double altitudeMax;
    private final double cruise;
    private State state = State.CHARGING;
    private double travelled;
    private double altitude;
    private double speed;
    private double battery;
    private double wind = 4;
    private double homeward;

    Drone(Parameters p) {
        super(1, p.rng());
        this.path = Path.of(p, FIELDS);
        this.altitudeMax = p.number("altitude", 80);
        this.cruise = p.number("speed", 40) / 3.6;
        this.battery = p.number("battery", rng.between(55, 100));
        this.travelled = rng.unit() * path.length();
    }

    @Override
    void advance(double second, double step) {
        wind = clamp(wind + 0.25 * rng.gaussian() + (4 - wind) * 0.01, 0, 14);
        double drain = 0;
        double target = 0;
        switch (state) {
            case CHARGING -> {
                battery = Math.min(100, battery + 0.11 * step);
                state = battery >= 99 || battery > 60 && rng.chance(0.01) ? State.CLIMBING : state;
            }
            case CLIMBING -> {
                altitude = Math.min(altitudeMax, altitude + 4 * step);
                drain = 0.075;
                state = altitude >= altitudeMax ? State.SURVEYING : state;
            }
            case SURVEYING -> {
                target = cruise;
                drain = 0.05;
                state = battery < 28 ? returning() : state;
            }
            case RETURNING -> {
                target = cruise;
                drain = 0.05;
                homeward -= speed * step;
                state = homeward <= 0 || battery < 6 ? State.LANDING : state;
            }
            case LANDING -> {
                altitude = Math.max(0, altitude - 3 * step);
                drain = 0.04;
                state = altitude == 0 ? State.CHARGING : state;
            }
        }
        speed += (target - speed) * step / 4;
        travelled += state == State.RETURNING ? -Math.min(travelled, speed * step) : speed * step;
        battery = Math.max(0, battery - drain * (1 + wind / 20) * step);
    }

    private State returning() {
        homeward = Math.min(path.along(travelled), path.length() / 2);
        return State.RETURNING;
    }

    @Override
    Value value() {
        Path.Place place = path.at(travelled);
        double gust = altitude > 1 ? wind * 1e-6 : 0;
        return new Fields()
                .real("latitude", place.latitude() + gust * look.gaussian())
                .real("longitude", place.longitude() + gust * look.gaussian())
                .real("altitude", altitude + (altitude > 1 ? 0.2 * look.gaussian() : 0))
                .real("heading", place.heading())
                .real("speed", Math.max(0, speed * 3.6))
                .real("wind", wind)
                .real("battery", battery)
                .text("state", state.name().toLowerCase(Locale.ROOT))
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        boolean flying = altitude > 0;
        switch (name) {
            case "return" -> state = flying ? returning() : state;
            case "land" -> state = flying ? State.LANDING : state;
            case "start" -> state = flying ? state : State.CLIMBING;
            default -> {
                return false;
            }
        }
        return true;
    }
}
