package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.List;

/** A point that moves along a route at a steady speed. Shows latitude, longitude, heading, speed (km/h), odometer (km). */
final class Route implements Signal {
    private final Path path;
    private final double metresPerSecond;
    private final double offset;

    Route(Parameters p) {
        this.path = Path.of(p, List.of());
        this.metresPerSecond = p.number("speed", 30) / 3.6;
        this.offset = p.rng().unit() * path.length();
    }

    @Override
    public Value at(double seconds) {
        double travelled = seconds * metresPerSecond;
        Path.Place place = path.at(offset + travelled);
        return new Fields()
                .real("latitude", place.latitude())
                .real("longitude", place.longitude())
                .real("heading", place.heading())
                .real("speed", metresPerSecond * 3.6)
                .real("odometer", travelled / 1000)
                .tree();
    }
}
