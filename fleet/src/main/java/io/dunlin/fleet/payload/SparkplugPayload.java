package io.dunlin.fleet.payload;

import java.util.ArrayList;
import java.util.List;

/**
 * The Payload message of Sparkplug B 3.0 (section 6.4), with metrics of the types that devices here use. {@code seq} is -1
 * where there is none, as in NDEATH.
 */
public record SparkplugPayload(long timestampMillis, List<Metric> metrics, int seq) {
    private static final int PAYLOAD_TIMESTAMP = 1;
    private static final int PAYLOAD_METRICS = 2;
    private static final int PAYLOAD_SEQ = 3;
    private static final int METRIC_NAME = 1;
    private static final int METRIC_TIMESTAMP = 3;
    private static final int METRIC_DATATYPE = 4;
    private static final int METRIC_IS_NULL = 7;
    private static final int METRIC_INT = 10;
    private static final int METRIC_LONG = 11;
    private static final int METRIC_FLOAT = 12;
    private static final int METRIC_DOUBLE = 13;
    private static final int METRIC_BOOLEAN = 14;
    private static final int METRIC_STRING = 15;

    /** The data types of Sparkplug that are written; others are read by the field that holds their value. */
    public enum Type {
        INT64(4),
        DOUBLE(10),
        BOOLEAN(11),
        STRING(12);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** As in section 6.4.16 of the specification. */
        public int code() {
            return code;
        }

        static Type of(Value value) {
            return switch (value) {
                case Value.Text text -> STRING;
                case Value.Whole whole -> INT64;
                case Value.Real real -> DOUBLE;
                case Value.Flag flag -> BOOLEAN;
                case Value.Row row -> STRING;
                case Value.Tree tree -> STRING;
            };
        }
    }

    /** A named value; trees and rows travel as JSON in a string. */
    public record Metric(String name, Value value, long timestampMillis) {}

    public byte[] bytes() {
        var out = new Protobuf.Writer();
        out.varint(PAYLOAD_TIMESTAMP, timestampMillis);
        for (Metric metric : metrics) {
            out.bytes(PAYLOAD_METRICS, bytes(metric));
        }
        if (seq >= 0) {
            out.varint(PAYLOAD_SEQ, seq);
        }
        return out.bytes();
    }

    private static byte[] bytes(Metric metric) {
        Type type = Type.of(metric.value());
        var out = new Protobuf.Writer()
                .text(METRIC_NAME, metric.name())
                .varint(METRIC_TIMESTAMP, metric.timestampMillis())
                .varint(METRIC_DATATYPE, type.code());
        switch (metric.value()) {
            case Value.Whole whole -> out.varint(METRIC_LONG, whole.whole());
            case Value.Real real -> out.fixed64(METRIC_DOUBLE, Double.doubleToLongBits(real.rounded()));
            case Value.Flag flag -> out.varint(METRIC_BOOLEAN, flag.on() ? 1 : 0);
            case Value.Text text -> out.text(METRIC_STRING, text.text());
            case Value.Row row -> out.text(METRIC_STRING, row.text());
            case Value.Tree tree -> out.text(METRIC_STRING, tree.text());
        }
        return out.bytes();
    }

    /**
     * Reads a payload; fields that are not known here are passed over, metrics without a value are left out.
     *
     * @throws IllegalArgumentException where it is malformed
     */
    public static SparkplugPayload parse(byte[] bytes) {
        var in = new Protobuf.Reader(bytes);
        long timestamp = 0;
        int seq = -1;
        List<Metric> metrics = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case PAYLOAD_TIMESTAMP -> timestamp = in.number();
                case PAYLOAD_METRICS -> metric(in.bytes(), metrics);
                case PAYLOAD_SEQ -> seq = (int) in.number();
                default -> in.skip();
            }
        }
        return new SparkplugPayload(timestamp, List.copyOf(metrics), seq);
    }

    private static void metric(byte[] bytes, List<Metric> metrics) {
        var in = new Protobuf.Reader(bytes);
        String name = "";
        long timestamp = 0;
        Value value = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case METRIC_NAME -> name = in.text();
                case METRIC_TIMESTAMP -> timestamp = in.number();
                case METRIC_INT -> value = Value.of((long) (int) in.number());
                case METRIC_LONG -> value = Value.of(in.number());
                case METRIC_FLOAT -> value = Value.of((double) Float.intBitsToFloat((int) in.number()));
                case METRIC_DOUBLE -> value = Value.of(Double.longBitsToDouble(in.number()));
                case METRIC_BOOLEAN -> value = Value.of(in.number() != 0);
                case METRIC_STRING -> value = Value.of(in.text());
                case METRIC_IS_NULL, METRIC_DATATYPE -> in.skip();
                default -> in.skip();
            }
        }
        if (value != null) {
            metrics.add(new Metric(name, value, timestamp));
        }
    }
}
