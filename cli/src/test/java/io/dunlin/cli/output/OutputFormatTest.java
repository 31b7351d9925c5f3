package io.dunlin.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.cli.args.UsageException;
import io.dunlin.client.Delivery;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What mosquitto_sub 2.0.11 printed for the same messages and formats, where a test says "recorded". */
class OutputFormatTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 22, 1, 48, 12, 388_006_548, ZoneId.of("UTC"));
    private static final Properties ALL = Properties.builder()
            .text(Property.CONTENT_TYPE, "text/plain")
            .user("k1", "v1")
            .user("k1", "v2")
            .text(Property.RESPONSE_TOPIC, "re/sp")
            .binary(Property.CORRELATION_DATA, "cor".getBytes(StandardCharsets.UTF_8))
            .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
            .number(Property.MESSAGE_EXPIRY_INTERVAL, 998)
            .build();
    private static final String PAYLOAD = "{\"a\": [1, 2.5, null,true,\"x\\u0041\"]}";

    private static Delivery message(String topic, int qos, int id, boolean retain, byte[] payload, Properties more) {
        return Delivery.of(new Publish(false, QoS.of(qos), retain, TopicName.of(topic), id, more, payload));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final Delivery RICH = message("r/3", 1, 1, true, utf8(PAYLOAD), ALL);
    private static final Delivery POOR = message("r/1", 0, 0, true, utf8("He\"l/lo\té"), Properties.NONE);
    private static final Delivery BINARY =
            message("r/4", 0, 0, true, new byte[] {1, 2, -1, 0, 'a', 'b', 'c'}, Properties.NONE);
    private static final Delivery EMPTY = message("r/2", 0, 0, false, new byte[0], Properties.NONE);

    private static String print(String format, Delivery message) {
        return print(format, message, false);
    }

    private static String print(String format, Delivery message, boolean pretty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputFormat.parse(format, pretty, false).print(message, new Moment(() -> TIME), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void recordedParametersOfAnMqtt5Message() {
        assertThat(print(
                        "%A|%C|%5C|%20C|%-20C|%.4C|%D|%E|%06E|%F|%P|%R|%20R|%S|%3S|%03S|%t|%10t|%-10t|%.1t|%q|%r|%m|"
                                + "%p|%50p|%5p|%%|@@|\\\\|\\t|\\a|\\e|\\v|%I",
                        RICH))
                .isEqualTo("|text/plain|text/plain|          text/plain|text/plain          |text|cor|998|000998|1|"
                        + "k1:v1 k1:v2|re/sp|               re/sp||   |000|r/3|       r/3|r/3       |r|1|1|1|"
                        + PAYLOAD + "|" + " ".repeat(50 - PAYLOAD.length()) + PAYLOAD
                        + "|{\"a\":|%|@|\\|\t|\u0007|\u001b|\u000b|2026-11-22T01:48:12+0000");
    }

    @Test
    void recordedParametersOfAPlainMessage() {
        assertThat(print("%A|%3A|%03A|%C|%5C|%D|%E|%06E|%F|%P|%R|%20R|%S|%3S|%03S|%m|%3m|%05m", POOR))
                .isEqualTo("|   |000||     |||000000||||||   |000|0|  0|00000");
    }

    @Test
    void recordedJson() {
        assertThat(print("%j", POOR))
                .isEqualTo("{\"tst\":\"2026-11-22T01:48:12.388006Z+0000\",\"topic\":\"r/1\",\"qos\":0,\"retain\":1,"
                        + "\"payloadlen\":10,\"payload\":\"He\\\"l/lo\\té\"}");
        assertThat(print("%j", RICH))
                .isEqualTo("{\"tst\":\"2026-11-22T01:48:12.388006Z+0000\",\"topic\":\"r/3\",\"qos\":1,\"retain\":1,"
                        + "\"payloadlen\":36,\"mid\":1,\"properties\":{\"content-type\":\"text/plain\","
                        + "\"user-properties\":{\"k1\":\"v1\",\"k1\":\"v2\"},\"response-topic\":\"re/sp\","
                        + "\"correlation-data\":\"cor\",\"payload-format-indicator\":1,"
                        + "\"message-expiry-interval\":998},"
                        + "\"payload\":\"{\\\"a\\\": [1, 2.5, null,true,\\\"x\\\\u0041\\\"]}\"}");
        assertThat(print("%J", RICH)).endsWith(",\"payload\":{\"a\":[1,2.5,null,true,\"xA\"]}}");
        assertThat(print("%j|%p|%x|%l", EMPTY)).endsWith("\"payloadlen\":0,\"payload\":null}|||0");
        assertThat(print("%J", EMPTY)).endsWith("\"payload\":null}");
    }

    @Test
    void recordedPrettyJson() {
        assertThat(print("%J", message("r/3", 0, 0, true, utf8(PAYLOAD), ALL), true))
                .isEqualTo("""
                        {
                        	"tst":	"2026-11-22T01:48:12.388006Z+0000",
                        	"topic":	"r/3",
                        	"qos":	0,
                        	"retain":	1,
                        	"payloadlen":	36,
                        	"properties":	{
                        		"content-type":	"text/plain",
                        		"user-properties":	{
                        			"k1":	"v1",
                        			"k1":	"v2"
                        		},
                        		"response-topic":	"re/sp",
                        		"correlation-data":	"cor",
                        		"payload-format-indicator":	1,
                        		"message-expiry-interval":	998
                        	},
                        	"payload":	{
                        		"a":	[1, 2.5, null, true, "xA"]
                        	}
                        }""");
    }

    @Test
    void recordedTimes() {
        assertThat(print(
                        "@a @A @b @B @c @C @d @D @e @F @g @G @h @H @I @j @k @l @m @M @p @P @r @R @s @S @T @u @U @V @w "
                                + "@W @x @X @y @Y @z @Z @N @Q @% %U",
                        POOR))
                .isEqualTo("Sun Sunday Nov November Sun Nov 22 01:48:12 2026 20 22 11/22/26 22 2026-11-22 26 2026 Nov "
                        + "01 01 326  1  1 11 48 AM am 01:48:12 AM 01:48 1795312092 12 01:48:12 7 47 47 0 46 "
                        + "11/22/26 01:48:12 26 2026 +0000 UTC 388006548 %Q % 1795312092.388006548");
    }

    @Test
    void recordedHexWithoutWidth() {
        assertThat(print("%x|%X|%l|%05l|%-5l|", BINARY)).isEqualTo("0102ff00616263|0102FF00616263|7|00007|7    |");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "%.2:x ! 01:02:ff:00:61:62:63",
                "%.4-X ! 0102-FF00-6162-63",
                "%.4.X ! 0102.FF00.6162.63",
                "%6x ! 0102ff",
                "%020x ! 0000000102ff00616263",
                "%-16x| ! 0102ff00616263  |",
                "%.2x ! 0102ff00616263",
            })
    void hexInGroupsAndFields(String format, String printed) {
        assertThat(print(format, message("t", 0, 0, false, BINARY.payload(), Properties.NONE)))
                .isEqualTo(printed);
    }

    @Test
    void recordedFlags() {
        assertThat(print("%-05t", POOR)).isEqualTo("r/1  ");
        assertThat(print("%5q", POOR)).isEqualTo("0");
        assertThat(print("%10x", BINARY)).hasSize(10);
    }

    @Test
    void binaryNumbers() {
        byte[] floating = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(21.5f)
                .array();
        byte[] doubles = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(-0.125)
                .array();
        assertThat(print("%f|%.1f|%8.1f|%-8.1f|%08.1f", message("t", 0, 0, false, floating, Properties.NONE)))
                .isEqualTo("21.500000|21.5|    21.5|21.5    |000021.5");
        assertThat(print("%d|%.2d|%08.1d", message("t", 0, 0, false, doubles, Properties.NONE)))
                .isEqualTo("-0.125000|-0.12|-00000.1");
        assertThatThrownBy(() -> print("%f", POOR))
                .isInstanceOf(Printer.UnprintableException.class)
                .hasMessageContaining("r/1");
    }

    @Test
    void jsonOfBytesThatAreNoTextIsStillJson() {
        assertThat(print("%j", BINARY)).endsWith("\"payload\":\"\\u0001\\u0002\uFFFD\\u0000abc\"}");
        assertThatThrownBy(() -> print("%J", POOR))
                .isInstanceOf(Printer.UnprintableException.class)
                .hasMessageContaining("not JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%z", "%", "@", "\\", "\\q", "%5", "%-", "%.", "%5.2", "%0-5t", "%.2:t", "abc@", "%99999999999t"
            })
    void wrongFormatsAreRefused(String format) {
        assertThatThrownBy(() -> OutputFormat.parse(format, false, true)).isInstanceOf(UsageException.class);
    }

    @Test
    void lineEndFollowsEachMessage() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputFormat.parse("%q\\0", false, true).print(POOR, new Moment(() -> TIME), out);
        assertThat(out.toByteArray()).containsExactly('0', 0, '\n');
    }

    @ParameterizedTest
    @CsvSource({
        "TEXT, false, true, r/1, 'He|\n'",
        "TEXT, true, true, r/1, 'r/1 He|\n'",
        "TEXT, true, false, r/1, 'r/1 He|'",
        "TEXT, false, true, '', ''",
        "TEXT, true, true, '', 'r/2 (null)\n'",
        "TEXT, true, false, '', ''",
        "HEX, false, true, r/1, '48657c\n'",
        "BASE64, false, true, r/1, 'SGV8\n'",
    })
    void plainOutput(PlainPrinter.Kind kind, boolean verbose, boolean lineEnds, String topic, String printed) {
        Delivery message = topic.isEmpty() ? EMPTY : message(topic, 0, 0, false, utf8("He|"), Properties.NONE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PlainPrinter(kind, verbose, lineEnds, false).print(message, new Moment(() -> TIME), out);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(printed);
    }
}
