package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a collector gets of a real broker that real clients talk to. */
@Timeout(120)
class TelemetryTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Server start(String endpoint, String... settings) throws IOException, InvalidConfig {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode { name = press, data-dir = " + folder.resolve("data")
                        + " }\ncontrol.enabled = false\ntelemetry { endpoint = \"" + endpoint + "\", interval = 1s }\n"
                        + String.join("\n", settings));
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private static MqttClient client(Server server, String id) {
        MqttClient client = MqttClient.builder()
                .url("mqtt://127.0.0.1:" + server.port("tcp"))
                .clientId(id)
                .build();
        client.connect();
        return client;
    }

    private static Message message(String topic, String... properties) {
        Message message = Message.of(topic, "21.5").withQos(QoS.AT_LEAST_ONCE);
        for (int i = 0; i < properties.length; i += 2) {
            message = message.withUserProperty(properties[i], properties[i + 1]);
        }
        return message;
    }

    private static String hex(com.google.protobuf.ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Map<String, Object> values(Map<String, AnyValue> attributes) {
        return attributes.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> {
            AnyValue value = entry.getValue();
            return switch (value.getValueCase()) {
                case INT_VALUE -> value.getIntValue();
                case BOOL_VALUE -> value.getBoolValue();
                default -> value.getStringValue();
            };
        }));
    }

    /** Messages of which a collector gets two spans; the six below plant/ are received. */
    private static void converse(Server server, Collector collector, List<Delivery> got) {
        try (MqttClient meter = client(server, "meter");
                MqttClient board = MqttClient.builder()
                        .url("mqtt://127.0.0.1:" + server.port("tcp"))
                        .clientId("board")
                        .sessionForever()
                        .build()) {
            board.connect();
            board.subscribe(Subscription.of("plant/#"), got::add);
            meter.publish(message("plant/1", "unit", "C", "traceparent", SAMPLED, "tracestate", "a=1,b=2"));
            meter.publish(message("plant/2", "traceparent", "00-" + TRACE + "-" + PARENT + "-00"));
            meter.publish(message("plant/3", "traceparent", "00-" + "0".repeat(32) + "-" + PARENT + "-01"));
            meter.publish(message("plant/4", "traceparent", SAMPLED, "traceparent", SAMPLED));
            meter.publish(message("plant/5", "traceparent", "none"));
            meter.publish(message("plant/6"));
            await().atMost(PATIENCE)
                    .until(() -> got.size() == 6 && !collector.spans().isEmpty());
            meter.publish(message("nobody", "traceparent", SAMPLED).withQos(QoS.AT_MOST_ONCE));
            assertThat(meter.publish(message("nobody")).isAccepted()).isTrue(); // the one before has come
        }
    }

    @Test
    void aMessageWithATraceIsASpanOfIt() throws Exception {
        try (Collector collector = Collector.start(0)) {
            List<Delivery> got = new CopyOnWriteArrayList<>();
            try (Server server = start(collector.url(), "telemetry.headers.x-key = s3cret")) {
                converse(server, collector, got);
            } // which sends what is left
            assertThat(got.getFirst().userProperties())
                    .containsExactly(
                            new UserProperty("unit", "C"),
                            new UserProperty("traceparent", SAMPLED),
                            new UserProperty("tracestate", "a=1,b=2"));
            assertThat(collector.spans()).hasSize(2);
            Span span = collector.spans().getFirst();
            assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
            assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
            assertThat(hex(span.getSpanId())).hasSize(16).isNotEqualTo(PARENT);
            assertThat(span.getTraceState()).isEqualTo("a=1,b=2");
            assertThat(span.getName()).isEqualTo("publish plant/1");
            assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano())
                    .isBetween(0L, TimeUnit.SECONDS.toNanos(10));
            assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
            assertThat(values(Collector.attributes(span.getAttributesList())))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "messaging.system",
                            "mqtt",
                            "messaging.operation.name",
                            "publish",
                            "messaging.destination.name",
                            "plant/1",
                            "messaging.client.id",
                            "meter",
                            "messaging.message.body.size",
                            4L,
                            "messaging.mqtt.qos",
                            1L,
                            "messaging.mqtt.retain",
                            false,
                            "messaging.mqtt.receivers",
                            1L,
                            "messaging.mqtt.reason_code",
                            0L));
            assertThat(values(Collector.attributes(collector.spans().getLast().getAttributesList())))
                    .containsEntry("messaging.destination.name", "nobody")
                    .containsEntry("messaging.mqtt.receivers", 0L)
                    .containsEntry("messaging.mqtt.reason_code", 16L);
            assertThat(collector.keys).isNotEmpty().containsOnly("s3cret");
        }
    }

    @Test
    void aMessageThatIsRefusedIsASpanWithAnError() throws Exception {
        try (Collector collector = Collector.start(0);
                Server server = start(
                        collector.url(),
                        "authorization.rules = [{ effect = deny, action = publish, topics = \"secret/#\" }]");
                MqttClient meter = client(server, "meter")) {
            meter.publishAsync(message("secret/1", "traceparent", SAMPLED)).handle((result, failure) -> result);
            await().atMost(PATIENCE).until(() -> collector.spans().size() == 1);
            Span span = collector.spans().getFirst();
            assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
            assertThat(values(Collector.attributes(span.getAttributesList())))
                    .containsEntry("messaging.mqtt.reason_code", 0x87L)
                    .containsEntry("error.type", "NOT_AUTHORIZED")
                    .containsEntry("messaging.mqtt.receivers", 0L);
        }
    }

    @Test
    void allFiguresAreSentUnderTheirNames() throws Exception {
        try (Collector collector = Collector.start(0);
                Server server = start(collector.url(), "telemetry { traces = false, service-name = plant }");
                MqttClient meter = client(server, "meter")) {
            for (int i = 0; i < 7; i++) {
                meter.publish(message("plant/1"));
            }
            await().atMost(PATIENCE).until(() -> received(collector) == 7);
            Metric messages = collector.metric("dunlin_messages").orElseThrow();
            assertThat(messages.getSum().getIsMonotonic()).isTrue();
            assertThat(messages.getSum().getAggregationTemporality())
                    .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            Metric connected = collector.metric("dunlin_clients_connected").orElseThrow();
            assertThat(connected.getGauge().getDataPoints(0).getAsDouble()).isEqualTo(1);
            Metric syncs = collector.metric("dunlin_store_sync_seconds").orElseThrow();
            assertThat(syncs.getUnit()).isEqualTo("s");
            HistogramDataPoint point = syncs.getHistogram().getDataPoints(0);
            assertThat(point.getBucketCountsCount()).isEqualTo(point.getExplicitBoundsCount() + 1);
            assertThat(point.getBucketCountsList().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(point.getCount());
            assertThat(collector.metric("dunlin_bytes").orElseThrow().getUnit()).isEqualTo("By");
            assertThat(values(Collector.attributes(
                            collector.metrics.getFirst().getResourceMetrics(0).getResource())))
                    .containsEntry("service.name", "plant")
                    .containsEntry("service.version", Version.text())
                    .containsKeys("service.instance.id", "host.name");
            assertThat(collector.traces).isEmpty();
        }
    }

    private static double received(Collector collector) {
        return collector.metric("dunlin_messages").stream()
                .flatMap(metric -> metric.getSum().getDataPointsList().stream())
                .filter(point -> point.getAttributesList().stream()
                        .anyMatch(it -> it.getKey().equals("direction")
                                && it.getValue().getStringValue().equals("received")))
                .mapToDouble(NumberDataPoint::getAsDouble)
                .sum();
    }

    @Test
    void aCollectorThatIsDownIsToldOnceAndUsedAgain() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.dunlin.telemetry");
        logger.addAppender(lines);
        try (Server server = start("http://127.0.0.1:" + port + "/base");
                MqttClient meter = client(server, "meter")) {
            await().atMost(PATIENCE).until(() -> told(lines, Level.WARN) == 1);
            for (int i = 0; i < 20_000; i++) {
                meter.publishAsync(message("plant/1", "traceparent", SAMPLED).withQos(QoS.AT_MOST_ONCE));
            }
            assertThat(meter.publish(message("plant/1")).isAccepted()).isTrue();
            try (Collector collector = Collector.start(port)) {
                await().atMost(PATIENCE).until(() -> !collector.metrics.isEmpty() && told(lines, Level.INFO) == 1);
                await().atMost(PATIENCE).until(() -> !collector.spans().isEmpty());
                await().atMost(PATIENCE)
                        .until(() -> collector.metric("dunlin_telemetry_spans_dropped").stream()
                                .anyMatch(metric ->
                                        metric.getSum().getDataPoints(0).getAsDouble() > 0));
            }
            assertThat(lines.list)
                    .filteredOn(line -> line.getFormattedMessage().contains("takes no "))
                    .singleElement()
                    .satisfies(line -> assertThat(line.getFormattedMessage())
                            .contains("127.0.0.1:" + port, "ConnectException", "telemetry.headers"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static long told(ListAppender<ILoggingEvent> lines, Level level) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel() == level)
                .filter(line -> line.getFormattedMessage().contains("the collector at"))
                .count();
    }

    @Test
    void aCollectorThatDoesNotAnswerDoesNotKeepTheBroker() throws Exception {
        CountDownLatch until = new CountDownLatch(1);
        try (Collector collector = Collector.silent(until)) {
            long closing;
            try (Server server = start(collector.url());
                    MqttClient meter = client(server, "meter")) {
                meter.publish(message("plant/1", "traceparent", SAMPLED));
                await().atMost(PATIENCE).until(() -> !collector.spans().isEmpty() && !collector.metrics.isEmpty());
                assertThat(meter.publish(message("plant/1", "traceparent", SAMPLED))
                                .isAccepted())
                        .isTrue();
                meter.disconnect();
                closing = System.nanoTime();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(6));
        }
    }
}
