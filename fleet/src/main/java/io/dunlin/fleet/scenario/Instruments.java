package io.dunlin.fleet.scenario;

import io.dunlin.fleet.model.Rng;
import io.dunlin.fleet.model.Signal;
import io.dunlin.fleet.model.Signals;
import io.dunlin.fleet.payload.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each device of a group is and measures: its id, its labels (the first device takes the first choice, and so on round
 * and round), its signals. Immutable.
 */
public final class Instruments {
    private static final long DAY_MILLIS = 86_400_000;

    private final String group;
    private final Template id;
    private final Map<String, List<Template>> labels;
    private final List<Block> signals;

    Instruments(String group, Template id, Map<String, List<Template>> labels, List<Block> signals) {
        this.group = group;
        this.id = id;
        this.labels = labels;
        this.signals = signals;
    }

    /**
     * The values of one device.
     *
     * @param index from 1
     * @param seed of the whole fleet
     * @param startMillis when the simulated time begins, since 1970
     */
    public DeviceValues device(int index, long seed, long startMillis) {
        double secondOfDay = Math.floorMod(startMillis, DAY_MILLIS) / 1000.0;
        DeviceValues values = new DeviceValues(index, group, startMillis);
        labels.forEach((label, choices) ->
                values.fix(label, choices.get((index - 1) % choices.size()).value(values::value)));
        values.fix("id", Value.of(id.text(values::value)));
        Map<String, Signal> made = new LinkedHashMap<>();
        for (Block block : signals) {
            Block drawn = block.with(rng(index, seed, "signal/" + block.name()), secondOfDay);
            made.put(block.name(), Signals.create(drawn.text("kind", ""), drawn));
        }
        values.signals(made);
        return values;
    }

    /** The generator of one purpose of one device, apart from all others: the network does not change the weather. */
    public Rng rng(int index, long seed, String purpose) {
        return Rng.of(seed, group + "/" + index + "/" + purpose);
    }

    /** The first device, from the blocks themselves, which so learn which of their keys have a meaning. */
    DeviceValues sample() {
        signals.forEach(signal -> Signals.create(signal.text("kind", ""), signal));
        DeviceValues values = device(1, 0, 0);
        values.look(0, 1);
        return values;
    }
}
