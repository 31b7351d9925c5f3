package io.dunlin.server.migrate;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration that is being written: settings in their order, each with the place that it comes from. One thread. */
final class Draft {
    private static final int ORIGIN_COLUMN = 70;

    private final Map<String, String> settings = new LinkedHashMap<>();

    /** @param value as it stands in HOCON */
    void set(String path, String value, String origin) {
        String setting = path + " = " + value;
        settings.put(path, origin.isEmpty() ? setting : pad(setting) + "  # " + origin);
    }

    void setText(String path, String value, String origin) {
        set(path, ConfigUtil.quoteString(value), origin);
    }

    boolean has(String path) {
        return settings.containsKey(path);
    }

    private static String pad(String setting) {
        return setting + " ".repeat(Math.max(0, ORIGIN_COLUMN - setting.length()));
    }

    /** The text of the file. */
    String text(String from, List<String> left) {
        List<String> lines = new ArrayList<>();
        lines.add("# Made by `dunlin import mosquitto` out of " + from);
        lines.add("# All settings: docs/configuration.md. Check a change with: dunlin config check -c FILE");
        String group = "";
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String now = group(setting.getKey());
            if (!now.equals(group)) {
                lines.add("");
                group = now;
            }
            lines.add(setting.getValue());
        }
        if (!left.isEmpty()) {
            lines.add("");
            lines.add("# What could not be taken over:");
            left.forEach(line -> lines.add("#   " + line));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String group(String path) {
        String[] levels = path.split("\\.", 3);
        return levels[0].equals("listeners") && levels.length > 1 ? levels[0] + "." + levels[1] : levels[0];
    }
}
