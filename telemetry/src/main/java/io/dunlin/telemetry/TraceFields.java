package io.dunlin.telemetry;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.UserProperty;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trace context of W3C in the user properties of a message, as it stands there.
 *
 * @param parent of {@code traceparent}
 * @param state of {@code tracestate}, "" for none
 */
record TraceFields(String parent, String state) {
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";
    private static final int PARENT_CHARS_MIN = 55; // of version 00 exactly so many; later versions may have more
    private static final int PARENT_CHARS_MAX = 256;
    private static final int STATE_CHARS_MAX = 512;
    private static final int FLAGS_LAST = 54;
    private static final int SAMPLED = 1;

    /** For the library, which reads both by their names and judges what is left to judge. */
    static final TextMapGetter<TraceFields> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(TraceFields fields) {
            return List.of(PARENT, STATE);
        }

        @Override
        public @Nullable String get(@Nullable TraceFields fields, String key) {
            if (fields == null) {
                return null;
            }
            return key.equals(PARENT)
                    ? fields.parent
                    : key.equals(STATE) && !fields.state.isEmpty() ? fields.state : null;
        }
    };

    /** Null where there is none, or none that is sampled, or more than one. Makes nothing where it is null. */
    static @Nullable TraceFields of(Properties properties) {
        String parent = null;
        for (int i = 0; i < properties.size(); i++) {
            if (properties.value(i) instanceof UserProperty pair && pair.name().equals(PARENT)) {
                if (parent != null) {
                    return null;
                }
                parent = pair.value();
            }
        }
        return parent == null || !isSampled(parent) ? null : new TraceFields(parent, state(properties));
    }

    /** Whether its form can be right and the publisher records its part; the library looks closer, later. */
    private static boolean isSampled(String parent) {
        return parent.length() >= PARENT_CHARS_MIN
                && parent.length() <= PARENT_CHARS_MAX
                && parent.charAt(2) == '-'
                && parent.charAt(FLAGS_LAST - 2) == '-'
                && (Math.max(0, Character.digit(parent.charAt(FLAGS_LAST), 16)) & SAMPLED) != 0;
    }

    /** Several are one list in their order; what is too long is left out, as the standard allows. */
    private static String state(Properties properties) {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < properties.size(); i++) {
            if (properties.value(i) instanceof UserProperty pair && pair.name().equals(STATE)) {
                if (list.length() + pair.value().length() >= STATE_CHARS_MAX) {
                    return "";
                }
                list.append(list.isEmpty() ? "" : ",").append(pair.value());
            }
        }
        return list.toString();
    }
}
