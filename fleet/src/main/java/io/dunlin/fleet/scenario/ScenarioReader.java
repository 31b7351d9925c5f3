package io.dunlin.fleet.scenario;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import io.dunlin.fleet.model.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole scenario; {@link GroupReader} reads each of its groups. */
final class ScenarioReader {
    private ScenarioReader() {}

    /** @param folder where files to include are looked for; null for the current one */
    static Scenario read(String name, String text, @Nullable Path folder) {
        Source source = new Source(name);
        ConfigObject config;
        try {
            config = new Includes(source, folder)
                    .parse(name, text)
                    .toConfig()
                    .resolve()
                    .root();
        } catch (ConfigException e) {
            throw e.origin() == null ? source.error(sentence(e)) : source.error(e.origin(), sentence(e));
        }
        Block root = new Block(source, config, source.root("the scenario"), new Rng(0), 0);
        double ramp = root.seconds("start-ramp", 5);
        List<Group> groups = new ArrayList<>();
        for (Block block : root.blocks("devices")) {
            groups.add(new GroupReader(block, ramp).read());
        }
        if (groups.isEmpty()) {
            throw source.error("There are no devices: write devices { sensor { count = 10, publish { ... } } }.");
        }
        Scenario scenario = new Scenario(root.text("name", name), root.text("description", ""), groups);
        root.checkAllUsed();
        return scenario;
    }

    /** What the HOCON library says, without its position (which stands in front already) and as one sentence. */
    private static String sentence(ConfigException e) {
        String message = String.valueOf(e.getMessage());
        int colon = message.indexOf(": ", message.indexOf(": ") + 2);
        String rest = colon > 0 && e.origin() != null ? message.substring(colon + 2) : message;
        return "This is no HOCON: " + rest.replace('\n', ' ') + (rest.endsWith(".") || rest.endsWith(")") ? "" : ".");
    }
}
