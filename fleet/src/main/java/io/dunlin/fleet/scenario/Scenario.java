package io.dunlin.fleet.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A fleet as a scenario describes it. Immutable. */
public record Scenario(String name, String description, List<Group> groups) {
    /** The scenarios that come with Dunlin, in the order in which they are shown. */
    private static final List<String> BUILT_IN =
            List.of("furnace", "vehicles", "home", "pipeline", "meters", "fields", "wearables", "drones", "mixed");

    /** The names of the scenarios that come with Dunlin. */
    public static List<String> builtIn() {
        return BUILT_IN;
    }

    /**
     * One that comes with Dunlin.
     *
     * @throws ScenarioError where there is none of this name
     */
    public static Scenario builtIn(String name) {
        return parse(name + ".conf", builtInText(name));
    }

    /**
     * The file of one that comes with Dunlin, to be read or changed by people.
     *
     * @throws ScenarioError where there is none of this name
     */
    public static String builtInText(String name) {
        if (!BUILT_IN.contains(name)) {
            String near = Nearest.of(name, BUILT_IN);
            throw new ScenarioError("There is no scenario '" + name + "': "
                    + (near.isEmpty()
                            ? "take one of " + String.join(", ", BUILT_IN) + "."
                            : "did you mean '" + near + "'?"));
        }
        try (InputStream in = Scenario.class.getResourceAsStream(name + ".conf")) {
            if (in == null) {
                throw new IllegalStateException(name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws ScenarioError where it cannot be read or used
     */
    public static Scenario read(Path file) {
        try {
            return ScenarioReader.read(file.toString(), Files.readString(file), file.getParent());
        } catch (NoSuchFileException e) {
            throw new ScenarioError(
                    file + ": there is no such file; 'dunlin simulate ls' names the scenarios that need none.");
        } catch (IOException e) {
            throw new ScenarioError(file + ": it cannot be read: " + e.getMessage() + ".");
        }
    }

    /**
     * Reads a text.
     *
     * @param name stands in messages
     * @throws ScenarioError where it cannot be used
     */
    public static Scenario parse(String name, String text) {
        return ScenarioReader.read(name, text, null);
    }

    /** Devices of all groups at this scale; each group has at least one. */
    public long devices(double scale) {
        return groups.stream().mapToLong(group -> count(group, scale)).sum();
    }

    /** Devices of one group at this scale, at least one. */
    public static int count(Group group, double scale) {
        return (int) Math.max(1, Math.round(group.count() * scale));
    }
}
