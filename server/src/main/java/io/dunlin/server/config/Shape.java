package io.dunlin.server.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a place in the configuration may hold, read off the records. */
sealed interface Shape {
    /** A single value that {@link Values} converts. */
    record Leaf(Class<?> type) implements Shape {}

    /** A group of settings. */
    record Struct(Class<? extends Record> type, List<Field> fields) implements Shape {}

    /** Names chosen by the user, each with the same shape below. */
    record MapOf(Shape value) implements Shape {}

    record ListOf(Shape element) implements Shape {}

    record OptionalOf(Shape inner) implements Shape {}

    /** One setting of a group; {@code key} is its name in dashes. */
    record Field(String key, RecordComponent component, Setting setting, Shape shape) {
        boolean isSecret() {
            return shape.bare() instanceof Leaf leaf && leaf.type() == Secret.class;
        }

        /** Whether it is no setting but the place where its group stands. */
        boolean isOrigin() {
            return shape instanceof Leaf leaf && leaf.type() == Origin.class;
        }

        /** Where a secret names the file that holds it. */
        String fileKey() {
            return key + "-file";
        }
    }

    /** Without the {@code Optional} around it. */
    default Shape bare() {
        return this instanceof OptionalOf optional ? optional.inner() : this;
    }

    /** Whether a secret may stand here or anywhere below. */
    default boolean holdsSecret() {
        return switch (this) {
            case Leaf leaf -> leaf.type() == Secret.class;
            case OptionalOf optional -> optional.inner().holdsSecret();
            case ListOf list -> list.element().holdsSecret();
            case MapOf map -> map.value().holdsSecret();
            case Struct struct ->
                struct.fields().stream().anyMatch(field -> field.shape().holdsSecret());
        };
    }

    /** The shape of a record class and all that is reachable from it; read off the class once. */
    static Struct of(Class<? extends Record> type) {
        return KNOWN.get(type);
    }

    /** Behind {@link #of}. */
    ClassValue<Struct> KNOWN = new ClassValue<>() {
        @Override
        protected Struct computeValue(Class<?> type) {
            return read(type.asSubclass(Record.class));
        }
    };

    private static Struct read(Class<? extends Record> type) {
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting == null) {
                throw new IllegalArgumentException(type.getName() + "." + component.getName() + " lacks @Setting");
            }
            fields.add(new Field(dashed(component.getName()), component, setting, of(component.getGenericType())));
        }
        return new Struct(type, List.copyOf(fields));
    }

    private static Shape of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return new OptionalOf(of(arguments[0]));
            }
            if (generic.getRawType() == List.class) {
                return new ListOf(of(arguments[0]));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new MapOf(of(arguments[1]));
            }
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalArgumentException("no setting can have the type " + type);
        }
        return plain.isRecord() && !Values.isValue(plain) ? of(plain.asSubclass(Record.class)) : new Leaf(plain);
    }

    /** {@code maxPacketSize} and {@code MAX_PACKET_SIZE} as {@code max-packet-size}. */
    static String dashed(String name) {
        if (name.equals(name.toUpperCase(Locale.ROOT))) {
            return name.toLowerCase(Locale.ROOT).replace('_', '-');
        }
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
