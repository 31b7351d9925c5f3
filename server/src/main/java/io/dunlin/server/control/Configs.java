package io.dunlin.server.control;

import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigText;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.Problem;
import io.dunlin.server.config.ServerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The configuration of a running broker: what holds and where it stands, and what another one would change. Thread: any. */
public final class Configs {
    private final Supplier<Bound<ServerConfig>> config;
    private final Supplier<ConfigSources> sources;
    private final Trial trial;

    /** Reads the files that a configuration names, as a reload would, and keeps nothing of them. */
    public interface Trial {
        Tried of(Bound<ServerConfig> next);
    }

    /**
     * What a reload would say of the files.
     *
     * @param isTaken false where the broker would go on with all that it has
     * @param problems a sentence each
     */
    public record Tried(boolean isTaken, List<String> problems) {}

    /** @param sources of what the broker was started with: what a text leaves open comes from there, but for the file */
    public Configs(Supplier<Bound<ServerConfig>> config, Supplier<ConfigSources> sources, Trial trial) {
        this.config = config;
        this.sources = sources;
        this.trial = trial;
    }

    /** Adds the commands {@code config.show} and {@code config.dry_run}. */
    public void addTo(ControlCommands commands) {
        commands.add("config.show", this::show).add("config.dry_run", this::dryRun);
    }

    /** Each with its key, value, origin, default and whether a change of it is live. */
    private List<Map<String, Object>> show(Request request) {
        String like = request.optional("like_key").orElse("");
        boolean changed = request.flag("changed");
        Predicate<ConfigText.Shown> wanted =
                each -> each.key().contains(like) && !(changed && each.origin().equals(Bound.DEFAULT));
        return ConfigText.show(config.get()).stream()
                .filter(wanted)
                .map(Configs::row)
                .toList();
    }

    private static Map<String, Object> row(ConfigText.Shown shown) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", shown.key());
        row.put("value", shown.value());
        row.put("origin", shown.origin());
        row.put("default", shown.byDefault());
        row.put("live", shown.live());
        return row;
    }

    /**
     * What a text would do as the broker's configuration file.
     *
     * @param ok whether it could be taken as a whole, with the files that it names
     * @param changes against what holds now, also where a file of a listener keeps that as it is; secrets are not shown
     */
    public record DryRun(boolean ok, List<Problem> problems, List<Problem> warnings, List<ConfigText.Change> changes) {}

    /** Whoever reaches the control socket may read the files and the environment of the broker; nobody else is shown them. */
    private DryRun dryRun(Request request) {
        ConfigLoader.Reach reach = request.who().through().equals(ControlSocket.THROUGH)
                ? ConfigLoader.Reach.MACHINE
                : ConfigLoader.Reach.TEXT_ALONE;
        try {
            Bound<ServerConfig> next = ConfigLoader.loadText(
                    request.optional("name").orElse("text"), request.text("text"), sources.get(), reach);
            Tried tried = trial.of(next);
            return new DryRun(
                    tried.problems().isEmpty(),
                    tried.problems().stream()
                            .map(problem -> new Problem("", problem))
                            .toList(),
                    next.warnings(),
                    tried.isTaken() ? ConfigText.changes(config.get().value(), next.value()) : List.of());
        } catch (InvalidConfig e) {
            return new DryRun(false, e.problems(), List.of(), List.of());
        }
    }
}
