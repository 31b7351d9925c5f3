package io.dunlin.storage;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.Published;
import io.dunlin.broker.port.JournalRecord.Retained;
import io.dunlin.broker.port.JournalRecord.Share;
import io.dunlin.broker.port.JournalRecord.Spilled;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.codec.Utf8;
import io.dunlin.protocol.topic.TopicFilter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a store holds, as lines of JSON. */
final class DumpLines {
    private static final int PAYLOAD_BYTES_MAX = 1024;

    private final @Nullable String clientId;
    private final @Nullable TopicFilter filter;
    private final Consumer<String> line;

    DumpLines(@Nullable String clientId, @Nullable String topicFilter, Consumer<String> line) {
        this.clientId = clientId;
        this.filter = topicFilter == null ? null : TopicFilter.of(topicFilter);
        this.line = line;
    }

    void session(SessionState state) {
        if (filter != null || clientId != null && !clientId.equals(state.clientId())) {
            return;
        }
        long queued = state.head().length
                + state.tail().length
                + state.pages().stream().mapToLong(QueuePage::messages).sum();
        String subscriptions = state.subscriptions().stream()
                .map(each -> "{\"filter\":" + text(each.request().filter()) + ",\"qos\":"
                        + each.request().maxQos().value() + "}")
                .collect(Collectors.joining(",", "[", "]"));
        line.accept("{\"state\":\"session\",\"client\":" + text(state.clientId()) + ",\"expirySeconds\":"
                + state.expirySeconds() + ",\"parkedWallMillis\":" + state.parkedWallMillis() + ",\"queued\":" + queued
                + ",\"inFlight\":" + state.inFlight().size() + ",\"pages\":"
                + state.pages().size() + ",\"subscriptions\":" + subscriptions + ",\"will\":" + (state.will() != null)
                + "}");
    }

    void retained(Message message) {
        if (clientId == null && (filter == null || filter.matches(message.topic()))) {
            line.accept("{\"state\":\"retained\"," + fields(message) + "}");
        }
    }

    void record(long position, JournalRecord record) {
        String start = "{\"at\":\"" + Position.text(position) + "\",\"record\":\""
                + record.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "\",";
        if (record instanceof Published published) {
            boolean isMeant = clientId == null
                    || published.shares().stream()
                            .anyMatch(share -> share.clientId().equals(clientId));
            if (isMeant && (filter == null || filter.matches(published.message().topic()))) {
                String clients = published.shares().stream()
                        .map(Share::clientId)
                        .map(DumpLines::text)
                        .collect(Collectors.joining(",", "[", "]"));
                line.accept(start + fields(published.message()) + ",\"clients\":" + clients + "}");
            }
        } else if (record instanceof Retained retained) {
            if (clientId == null
                    && (filter == null || filter.matches(retained.message().topic()))) {
                line.accept(start + fields(retained.message()) + "}");
            }
        } else if (filter == null) {
            others(start, record);
        }
    }

    /** Records of one session: their components, which are the client id first and then numbers or text. */
    private void others(String start, JournalRecord record) {
        StringBuilder json = new StringBuilder(start);
        String separator = "";
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value;
            try {
                value = component.getAccessor().invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("A record's component cannot be read.", e);
            }
            if (component.getName().equals("clientId") && clientId != null && !clientId.equals(value)) {
                return;
            }
            json.append(separator).append(text(component.getName())).append(':');
            if (value instanceof long[] references) {
                json.append(references.length);
            } else if (component.getName().equals("position") && value instanceof Long position) {
                json.append('"').append(Position.text(position)).append('"');
            } else if (value instanceof Number || value == null) {
                json.append(value);
            } else {
                json.append(text(value.toString()));
            }
            separator = ",";
        }
        if (record instanceof Spilled) {
            json.append(",\"note\":\"references is their number\"");
        }
        line.accept(json.append('}').toString());
    }

    private static String fields(Message message) {
        byte[] payload = message.payload();
        String shown = payload.length > PAYLOAD_BYTES_MAX
                ? ""
                : Utf8.isValid(payload)
                        ? ",\"payload\":" + text(new String(payload, StandardCharsets.UTF_8))
                        : ",\"payloadHex\":\"" + HexFormat.of().formatHex(payload) + "\"";
        return "\"topic\":" + text(message.topic().text()) + ",\"qos\":"
                + message.qos().value() + ",\"publisher\":" + text(message.publisher()) + ",\"bytes\":" + payload.length
                + shown;
    }

    /** As a string of JSON. */
    static String text(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20 || c >= 0x7F && c < 0xA0 || Character.isSurrogate(c)) {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
