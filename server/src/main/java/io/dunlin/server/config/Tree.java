package io.dunlin.server.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import io.dunlin.server.config.Shape.Field;
import io.dunlin.server.config.Shape.Leaf;
import io.dunlin.server.config.Shape.ListOf;
import io.dunlin.server.config.Shape.MapOf;
import io.dunlin.server.config.Shape.OptionalOf;
import io.dunlin.server.config.Shape.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Walks over the settings of a record class, or over those of a value of it. */
final class Tree {
    static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();

    private Tree() {}

    /** One setting as it is documented; a name that the user chooses stands as {@code <name>}. */
    record Entry(String path, Setting setting, Shape shape) {}

    /** One setting and its value. */
    record Given(String path, Setting setting, Object value) {}

    /** All settings that hold a value themselves, in the order of the records. */
    static List<Entry> entries(Struct root) {
        List<Entry> entries = new ArrayList<>();
        walk("", root, (path, field) -> entries.add(new Entry(path, field.setting(), field.shape())));
        return entries;
    }

    static List<String> names(Struct root) {
        return entries(root).stream().map(Entry::path).toList();
    }

    private static void walk(String prefix, Struct struct, BiConsumer<String, Field> visit) {
        for (Field field : struct.fields()) {
            if (field.isOrigin()) {
                continue;
            }
            String path = prefix + field.key();
            switch (field.shape().bare()) {
                case Struct inner -> walk(path + ".", inner, visit);
                case MapOf map when map.value() instanceof Struct inner -> walk(path + ".<name>.", inner, visit);
                case MapOf _, Leaf _, ListOf _ -> visit.accept(path, field);
                case OptionalOf _ -> throw new IllegalArgumentException(path + " is twice optional");
            }
        }
    }

    /** The settings of a value with what they hold; those that hold nothing are left out. */
    static List<Given> values(Record value) {
        List<Given> given = new ArrayList<>();
        collect("", value, given);
        return given;
    }

    private static void collect(String prefix, Record value, List<Given> into) {
        for (Field field : Shape.of(value.getClass()).fields()) {
            if (field.isOrigin()) {
                continue;
            }
            collect(prefix + ConfigUtil.joinPath(field.key()), field, component(value, field), into);
        }
    }

    private static void collect(String path, Field field, Object held, List<Given> into) {
        switch (held) {
            case Optional<?> optional -> optional.ifPresent(inner -> collect(path, field, inner, into));
            case Map<?, ?> map ->
                map.forEach((name, inner) ->
                        collect(path + "." + ConfigUtil.joinPath(name.toString()), field, inner, into));
            case Record group when !Values.isValue(group.getClass()) -> collect(path + ".", group, into);
            default -> into.add(new Given(path, field.setting(), held));
        }
    }

    static Object component(Record value, Field field) {
        try {
            return field.component().getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + field.component(), e);
        }
    }
}
