package io.dunlin.fleet.scenario;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code include "furnace"}: a scenario that comes with Dunlin, or else a file beside the one that includes it. */
final class Includes implements ConfigIncluder {
    private final Source source;
    private final @Nullable Path folder;
    private final List<String> open = new ArrayList<>();

    Includes(Source source, @Nullable Path folder) {
        this.source = source;
        this.folder = folder;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this; // the library's own would look into the class path
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        if (open.contains(what)) {
            throw source.error("'" + what + "' includes itself: take one of the includes out.");
        }
        open.add(what);
        try {
            return Scenario.builtIn().contains(what) ? parse(what + ".conf", Scenario.builtInText(what)) : file(what);
        } finally {
            open.remove(what);
        }
    }

    private ConfigObject file(String what) {
        Path file = folder == null ? Path.of(what) : folder.resolve(what);
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw source.error("'" + what + "' cannot be included: it is neither a file beside this one nor one of "
                    + String.join(", ", Scenario.builtIn()) + ".");
        }
    }

    ConfigObject parse(String name, String text) {
        source.add(name, text);
        return ConfigFactory.parseString(
                        text,
                        ConfigParseOptions.defaults()
                                .setSyntax(ConfigSyntax.CONF)
                                .setOriginDescription(name)
                                .setIncluder(this))
                .root();
    }
}
