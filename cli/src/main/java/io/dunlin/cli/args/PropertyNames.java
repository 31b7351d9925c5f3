package io.dunlin.cli.args;

import io.dunlin.protocol.packet.Property;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The names of properties as users write them: content-type for CONTENT_TYPE. */
public final class PropertyNames {
    private PropertyNames() {}

    public static String of(Property property) {
        return property.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The property of this name, or null. */
    public static @Nullable Property find(String name) {
        for (Property property : Property.values()) {
            if (of(property).equals(name)) {
                return property;
            }
        }
        return null;
    }
}
