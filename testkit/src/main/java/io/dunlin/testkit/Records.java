package io.dunlin.testkit;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Copies of records with one component changed, found by its name in the record or in the records that it holds. */
public final class Records {
    private Records() {}

    /** A copy of the record with this value; the name must be that of one component of it or of a record inside it. */
    public static <R extends Record> R with(R record, String name, Object value) {
        R changed = tryWith(record, name, value);
        if (changed == null) {
            throw new IllegalArgumentException(record.getClass().getSimpleName() + " has no component " + name);
        }
        return changed;
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> @Nullable R tryWith(R record, String name, Object value) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = components[i].getAccessor().invoke(record);
                if (components[i].getName().equals(name)) {
                    values[i] = fit(value, types[i]);
                    found = true;
                } else if (values[i] instanceof Record inner) {
                    Record changed = tryWith(inner, name, value);
                    if (changed != null) {
                        values[i] = changed;
                        found = true;
                    }
                }
            }
            return found ? (R) record.getClass().getDeclaredConstructor(types).newInstance(values) : null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot set " + name + " to " + value, e);
        }
    }

    private static Object fit(Object value, Class<?> type) {
        return type == long.class && value instanceof Integer number ? Long.valueOf(number) : value;
    }
}
