package io.dunlin.protocol.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one packet (MQTT 5, section 2.2.2), immutable and in the order in which they were added. Only
 * USER_PROPERTY and SUBSCRIPTION_IDENTIFIER may occur more than once. Packets without properties share {@link #NONE}.
 */
public final class Properties {
    public static final Properties NONE = new Properties(new Property[0], new Object[0]);

    // For each position: Long for numbers, String for TEXT, byte[] for BINARY, UserProperty for PAIR.
    private final Property[] keys;
    private final Object[] values;
    private int weight; // 0 until it is asked for; a race only adds up twice

    private Properties(Property[] keys, Object[] values) {
        this.keys = keys;
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** One numeric property alone: the commonest case. */
    public static Properties of(Property property, long value) {
        return builder().number(property, value).build();
    }

    /** One text property alone, for instance a reason string. */
    public static Properties of(Property property, String value) {
        return builder().text(property, value).build();
    }

    public boolean isEmpty() {
        return keys.length == 0;
    }

    /** The number of properties, repeated ones counted each. */
    public int size() {
        return keys.length;
    }

    /** About how many bytes of memory they take. */
    public int weight() {
        int known = weight;
        if (known == 0 && keys.length > 0) {
            for (Object value : values) {
                known += 40 + weightOf(value);
            }
            weight = known;
        }
        return known;
    }

    private static int weightOf(Object value) {
        if (value instanceof String text) {
            return text.length();
        }
        if (value instanceof UserProperty pair) {
            return pair.name().length() + pair.value().length() + 48;
        }
        return value instanceof byte[] bytes ? bytes.length : 0;
    }

    public Property key(int index) {
        return keys[index];
    }

    /** Long, String, byte[] (not to be changed) or UserProperty by the key's type. */
    public Object value(int index) {
        return values[index];
    }

    public boolean has(Property property) {
        return find(property) != null;
    }

    /** The value of a numeric property, or what the caller gives for its absence. */
    public long number(Property property, long absent) {
        return find(property) instanceof Long number ? number : absent;
    }

    public @Nullable String text(Property property) {
        return find(property) instanceof String text ? text : null;
    }

    /** The bytes themselves, not a copy: not to be changed. */
    public byte @Nullable [] binary(Property property) {
        return find(property) instanceof byte[] bytes ? bytes : null;
    }

    public List<UserProperty> userProperties() {
        List<UserProperty> found = new ArrayList<>();
        for (Object value : values) {
            if (value instanceof UserProperty pair) {
                found.add(pair);
            }
        }
        return found;
    }

    /** The subscription identifiers in order; usually none or one. */
    public List<Integer> subscriptionIdentifiers() {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == Property.SUBSCRIPTION_IDENTIFIER) {
                found.add(((Long) values[i]).intValue());
            }
        }
        return found;
    }

    /** These without any of the given ones. */
    public Properties without(Property... removed) {
        Builder rest = builder();
        for (int i = 0; i < keys.length; i++) {
            if (!Arrays.asList(removed).contains(keys[i])) {
                rest.add(keys[i], values[i]);
            }
        }
        return rest.size == keys.length ? this : rest.build();
    }

    /** A builder that starts with these. */
    public Builder toBuilder() {
        Builder builder = builder();
        for (int i = 0; i < keys.length; i++) {
            builder.add(keys[i], values[i]);
        }
        return builder;
    }

    private @Nullable Object find(Property property) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == property) {
                return values[i];
            }
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Properties that
                && Arrays.equals(keys, that.keys)
                && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < keys.length; i++) {
            text.append(i == 0 ? "" : ", ").append(keys[i]).append('=');
            text.append(values[i] instanceof byte[] bytes ? bytes.length + " bytes" : values[i]);
        }
        return text.append('}').toString();
    }

    /** Collects properties in order. Adding a second value of a property that may occur once is the caller's error. */
    public static final class Builder {
        private static final int FIRST_CAPACITY = 4;

        private Property[] keys = new Property[FIRST_CAPACITY];
        private Object[] values = new Object[FIRST_CAPACITY];
        private int size;
        private long present; // a bit for each ordinal

        private Builder() {}

        public Builder number(Property property, long value) {
            return add(property, value);
        }

        public Builder text(Property property, String value) {
            return add(property, value);
        }

        public Builder binary(Property property, byte[] value) {
            return add(property, value);
        }

        public Builder user(String name, String value) {
            return add(Property.USER_PROPERTY, new UserProperty(name, value));
        }

        /** As {@link Properties#key} and {@link Properties#value} give them. */
        public Builder add(Property property, Object value) {
            boolean repeatable = property == Property.USER_PROPERTY || property == Property.SUBSCRIPTION_IDENTIFIER;
            if (!repeatable && has(property)) {
                throw new IllegalArgumentException(property + " may occur only once");
            }
            boolean fits =
                    switch (property.type()) {
                        case BYTE, TWO_BYTES, FOUR_BYTES, VARIABLE -> value instanceof Long;
                        case TEXT -> value instanceof String;
                        case BINARY -> value instanceof byte[];
                        case PAIR -> value instanceof UserProperty;
                    };
            if (!fits) {
                throw new IllegalArgumentException(
                        property + " cannot hold a " + value.getClass().getSimpleName());
            }
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            keys[size] = property;
            values[size] = value;
            size++;
            present |= 1L << property.ordinal();
            return this;
        }

        public boolean has(Property property) {
            return (present & 1L << property.ordinal()) != 0;
        }

        public Properties build() {
            return size == 0 ? NONE : new Properties(Arrays.copyOf(keys, size), Arrays.copyOf(values, size));
        }
    }
}
