package io.dunlin.fleet;

import io.dunlin.fleet.model.Rng;
import io.dunlin.fleet.scenario.Group;
import io.dunlin.fleet.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;

/**
 * All devices of a scenario. They live on the thread of the timeline; {@link #start} and {@link #stop} may come from any
 * thread.
 */
public final class Fleet {
    private static final double NANOS = 1e9;

    private final Scenario scenario;
    private final Options options;
    private final Timeline timeline;
    private final Uplinks uplinks;
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Device> devices = new ArrayList<>();
    private boolean stopped;

    /**
     * How a scenario is played.
     *
     * @param seed the same seed and start give the same messages of each device, byte for byte
     * @param scale factor on the counts of all groups
     * @param startMillis when the simulated time begins, since 1970
     */
    public record Options(long seed, double scale, long startMillis) {}

    public Fleet(Scenario scenario, Options options, Timeline timeline, Uplinks uplinks) {
        this.scenario = scenario;
        this.options = options;
        this.timeline = timeline;
        this.uplinks = uplinks;
        for (Group group : scenario.groups()) {
            tallies.add(new Tally(group.name(), Scenario.count(group, options.scale())));
        }
    }

    /** Lets the devices come up, spread over the start ramp of their group. */
    public void start() {
        timeline.execute(() -> {
            for (int g = 0; g < tallies.size(); g++) {
                start(scenario.groups().get(g), tallies.get(g));
            }
        });
    }

    private void start(Group group, Tally tally) {
        Rng order = Rng.of(options.seed(), group.name() + "/ramp");
        for (int i = 1; i <= tally.devices(); i++) {
            int index = i;
            double at = group.rampSeconds() * (i - order.unit()) / tally.devices();
            timeline.at(timeline.now() + (long) (at * NANOS), () -> {
                if (!stopped) {
                    Device device = new Device(group, index, options, timeline, uplinks, tally);
                    devices.add(device);
                    device.start();
                }
            });
        }
    }

    /** No device says anything new from now on; what is on the way goes on. */
    public void hush() {
        timeline.execute(() -> {
            stopped = true;
            devices.forEach(Device::hush);
        });
    }

    /** Lets all devices say goodbye; then runs {@code after}. */
    public void stop(Runnable after) {
        hush();
        timeline.execute(() -> {
            devices.forEach(Device::stop);
            after.run();
        });
    }

    /** What the groups did so far, in the order of the scenario. */
    public List<Tally> tallies() {
        return List.copyOf(tallies);
    }
}
