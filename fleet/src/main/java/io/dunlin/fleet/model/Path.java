package io.dunlin.fleet.model;

import java.util.List;

/** A line through points on the earth, measured in metres along it. Flat between neighbours, which is fine below 100 km. */
final class Path {
    private static final double METRES_PER_DEGREE = 111_195;

    private final double[] latitude;
    private final double[] longitude;
    private final double[] metres;
    private final boolean loop;

    /** Where one is on the path. Heading in degrees, 0 is north. */
    record Place(double latitude, double longitude, double heading) {}

    /** @param points latitude and longitude in degrees, two or more; a loop goes back to the first */
    Path(List<double[]> points, boolean loop) {
        int count = points.size() + (loop ? 1 : 0);
        this.loop = loop;
        this.latitude = new double[count];
        this.longitude = new double[count];
        this.metres = new double[count];
        for (int i = 0; i < count; i++) {
            double[] point = points.get(i % points.size());
            latitude[i] = point[0];
            longitude[i] = point[1];
            metres[i] = i == 0 ? 0 : metres[i - 1] + distance(i - 1, i);
        }
    }

    /** Reads {@code points} and {@code loop}. */
    static Path of(Parameters p, List<double[]> absent) {
        List<double[]> points = p.rows("points");
        if (points.isEmpty()) {
            points = absent;
        }
        if (points.size() < 2 || points.stream().anyMatch(point -> point.length < 2)) {
            throw p.wrong("points", "A route needs two or more points: points = [[53.54, 9.99], [53.55, 10.01]].");
        }
        return new Path(points, p.flag("loop", true));
    }

    double length() {
        return metres[metres.length - 1];
    }

    /** The place after that many metres: round and round on a loop, else there and back. */
    Place at(double travelled) {
        double length = length();
        double along = travelled % (loop ? length : 2 * length);
        boolean back = !loop && along > length;
        if (back) {
            along = 2 * length - along;
        }
        int to = 1;
        while (to < metres.length - 1 && metres[to] < along) {
            to++;
        }
        int from = to - 1;
        double part = metres[to] == metres[from] ? 0 : (along - metres[from]) / (metres[to] - metres[from]);
        double heading = heading(from, to) + (back ? 180 : 0);
        return new Place(
                latitude[from] + part * (latitude[to] - latitude[from]),
                longitude[from] + part * (longitude[to] - longitude[from]),
                heading % 360);
    }

    /** Metres along the path, whichever way and however often it was travelled. */
    double along(double travelled) {
        double along = travelled % (loop ? length() : 2 * length());
        return along > length() ? 2 * length() - along : along;
    }

    private double distance(int a, int b) {
        double north = (latitude[b] - latitude[a]) * METRES_PER_DEGREE;
        double east =
                (longitude[b] - longitude[a]) * METRES_PER_DEGREE * StrictMath.cos(StrictMath.toRadians(latitude[a]));
        return StrictMath.sqrt(north * north + east * east);
    }

    private double heading(int a, int b) {
        double north = latitude[b] - latitude[a];
        double east = (longitude[b] - longitude[a]) * StrictMath.cos(StrictMath.toRadians(latitude[a]));
        return (StrictMath.toDegrees(StrictMath.atan2(east, north)) + 360) % 360;
    }
}
