package io.dunlin.server.trace;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.topic.TopicName;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Packets as fields by name: texts, numbers, truth values, lists and maps. What is absent or empty is left out. */
final class PacketFields {
    private static final String CUT = "...";

    private PacketFields() {}

    /** @param bytesMax of a payload and the like; what is longer is cut */
    static Map<String, Object> of(Packet packet, int bytesMax) {
        return fieldsOf(packet, bytesMax);
    }

    private static Map<String, Object> fieldsOf(Object record, int bytesMax) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                Object value = value(component.getAccessor().invoke(record), bytesMax);
                if (value != null && !(value instanceof Map<?, ?> map && map.isEmpty())) {
                    fields.put(snake(component.getName()), value);
                }
            } catch (ReflectiveOperationException e) { // they are public
                throw new IllegalStateException(e);
            }
        }
        return fields;
    }

    private static @Nullable Object value(@Nullable Object value, int bytesMax) {
        return switch (value) {
            case null -> null;
            case QoS qos -> qos.value();
            case ReasonCode reason -> String.format("0x%02X %s", reason.value(), words(reason));
            case ProtocolVersion version -> version(version);
            case Enum<?> constant -> name(constant);
            case TopicName topic -> topic.text();
            case Properties properties -> properties(properties, bytesMax);
            case byte[] bytes -> bytes(bytes, bytesMax);
            case List<?> list -> list(list, bytesMax);
            case Record more -> fieldsOf(more, bytesMax);
            default -> value;
        };
    }

    private static List<Object> list(List<?> list, int bytesMax) {
        List<Object> values = new ArrayList<>();
        for (Object each : list) {
            Object value = value(each, bytesMax);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** By their names; one that stands there several times is a list. */
    static Map<String, Object> properties(Properties properties, int bytesMax) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < properties.size(); i++) {
            Object raw = properties.value(i);
            Object value = raw instanceof UserProperty pair ? pair.name() + "=" + pair.value() : value(raw, bytesMax);
            if (value != null) {
                all.merge(name(properties.key(i)), value, PacketFields::both);
            }
        }
        return all;
    }

    private static Object both(Object first, Object second) {
        List<Object> both = new ArrayList<>(first instanceof List<?> list ? list : List.of(first));
        both.add(second);
        return both;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Such as {@code 3.1.1}. */
    static String version(ProtocolVersion version) {
        return version.name().substring(1).replace('_', '.');
    }

    /** What a reason code means, without its other meanings. */
    static String words(ReasonCode reason) {
        String text = reason.text();
        int more = text.indexOf(" (");
        return more < 0 ? text : text.substring(0, more);
    }

    /** As text where it is one, else in hex after {@code 0x}; of more bytes than so many, the first. */
    static String bytes(byte[] bytes, int bytesMax) {
        if (bytes.length <= bytesMax) {
            return first(bytes, bytes.length);
        }
        int end = bytesMax;
        while (end > bytesMax - 4 && end > 0 && (bytes[end] & 0xC0) == 0x80) { // in the middle of a character
            end--;
        }
        return first(bytes, end) + CUT;
    }

    private static String first(byte[] bytes, int count) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, count))
                    .toString();
            boolean readable =
                    text.chars().allMatch(c -> !Character.isISOControl(c) || c == '\n' || c == '\t' || c == '\r');
            return readable ? text : "0x" + hex(bytes, count);
        } catch (CharacterCodingException e) {
            return "0x" + hex(bytes, count);
        }
    }

    /** The first bytes. */
    static String hex(byte[] bytes, int count) {
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, count));
    }

    private static String snake(String name) {
        StringBuilder snake = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                snake.append('_');
            }
            snake.append(Character.toLowerCase(c));
        }
        return snake.toString();
    }
}
