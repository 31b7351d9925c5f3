package io.dunlin.cli.output;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.PropertyNames;
import io.dunlin.cli.args.UsageException;
import io.dunlin.client.Delivery;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.UserProperty;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The format of -F: text with parameters of the message (%t, %p …), of the time (@H, @M …) and escapes (\n, \t …), as
 * mosquitto_sub understands it.
 */
final class OutputFormat implements Printer {
    private static final String PARAMETERS = "ACDEFIJPRSUXdfjlmpqrtx%";
    private static final String SEPARATORS = ":- .,;_/|";
    private static final int FRACTION_DIGITS = 6;

    /** A piece of the format; literal text is one as well. */
    private interface Part {
        void print(Delivery message, Moment moment, ByteArrayOutputStream out);
    }

    private final List<Part> parts = new ArrayList<>();
    private final boolean pretty;
    private final boolean lineEnds;

    private OutputFormat(boolean pretty, boolean lineEnds) {
        this.pretty = pretty;
        this.lineEnds = lineEnds;
    }

    /**
     * Of what stands after -F.
     *
     * @param pretty whether JSON goes over several lines
     * @param lineEnds whether a line end follows each message
     * @throws UsageException with a sentence that says what is wrong with the format
     */
    static OutputFormat parse(String format, boolean pretty, boolean lineEnds) {
        OutputFormat parsed = new OutputFormat(pretty, lineEnds);
        ByteArrayOutputStream literal = new ByteArrayOutputStream();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            if (c == '\\') {
                literal.write(escape(format, at + 1));
                at += 2;
            } else if (c == '%' || c == '@') {
                parsed.literal(literal);
                at = c == '%' ? parsed.parameter(format, at + 1) : parsed.time(format, at + 1);
            } else {
                int end = at + Character.charCount(format.codePointAt(at));
                literal.writeBytes(format.substring(at, end).getBytes(StandardCharsets.UTF_8));
                at = end;
            }
        }
        parsed.literal(literal);
        return parsed;
    }

    private void literal(ByteArrayOutputStream collected) {
        if (collected.size() > 0) {
            byte[] bytes = collected.toByteArray();
            collected.reset();
            parts.add((message, moment, out) -> out.writeBytes(bytes));
        }
    }

    private static int escape(String format, int at) {
        if (at == format.length()) {
            throw new UsageException("The format ends with \\: write \\\\ for the character itself.");
        }
        return switch (format.charAt(at)) {
            case '\\' -> '\\';
            case '0' -> 0;
            case 'a' -> 7;
            case 'e' -> 27;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 11;
            default ->
                throw new UsageException("The format has no escape \\" + format.charAt(at)
                        + ": there are \\\\ \\0 \\a \\e \\n \\r \\t \\v.");
        };
    }

    private int time(String format, int at) {
        char conversion = charAt(format, at);
        parts.add(
                switch (conversion) {
                    case '@' -> (message, moment, out) -> out.write('@');
                    case 'N' ->
                        (message, moment, out) ->
                                ascii(Strftime.padded(moment.time().getNano(), 9, '0'), out);
                    default -> (message, moment, out) -> ascii(Strftime.format(conversion, moment.time()), out);
                });
        return at + 1;
    }

    private int parameter(String format, int start) {
        int at = start;
        boolean left = charAt(format, at) == '-';
        if (left) {
            at++;
        }
        boolean zero = charAt(format, at) == '0';
        if (zero) {
            at++;
        }
        int widthEnd = digitsEnd(format, at);
        int width =
                widthEnd == at ? 0 : (int) Args.number("The width in -F", format.substring(at, widthEnd), 0, 100_000);
        at = widthEnd;
        int precision = -1;
        if (charAt(format, at) == '.') {
            int end = digitsEnd(format, at + 1);
            precision = end == at + 1
                    ? 0
                    : (int) Args.number("The precision in -F", format.substring(at + 1, end), 0, 100_000);
            at = end;
        }
        char separator = 0;
        if (SEPARATORS.indexOf(charAt(format, at)) >= 0) {
            separator = format.charAt(at);
            at++;
        }
        char parameter = charAt(format, at);
        if (PARAMETERS.indexOf(parameter) < 0 || separator != 0 && parameter != 'x' && parameter != 'X') {
            throw new UsageException("The format has no parameter %" + format.substring(start, at + 1)
                    + ": see 'dunlin sub --help' for those it has.");
        }
        parts.add(part(parameter, new Field(left, zero ? '0' : ' ', width, precision, separator)));
        return at + 1;
    }

    private static int digitsEnd(String format, int from) {
        int at = from;
        while (charAt(format, at) >= '0' && charAt(format, at) <= '9') {
            at++;
        }
        return at;
    }

    private static char charAt(String format, int at) {
        if (at >= format.length()) {
            throw new UsageException("The format '" + format + "' ends in the middle of a parameter:"
                    + " write %% or @@ for the character itself.");
        }
        return format.charAt(at);
    }

    private Part part(char parameter, Field field) {
        return switch (parameter) {
            case 'A' -> number(Property.TOPIC_ALIAS, field);
            case 'C' -> text(Property.CONTENT_TYPE, field);
            case 'D' ->
                (message, moment, out) -> {
                    byte[] data = message.properties().binary(Property.CORRELATION_DATA);
                    out.writeBytes(data == null ? new byte[0] : data);
                };
            case 'E' -> number(Property.MESSAGE_EXPIRY_INTERVAL, field);
            case 'F' -> number(Property.PAYLOAD_FORMAT_INDICATOR, field);
            case 'I' ->
                (message, moment, out) ->
                        field.text(Strftime.isoSeconds(moment.time()) + Strftime.offset(moment.time()), out);
            case 'j' -> (message, moment, out) -> utf8(MessageJson.escaped(message, moment, pretty), out);
            case 'J' -> (message, moment, out) -> utf8(MessageJson.embedded(message, moment, pretty), out);
            case 'P' -> (message, moment, out) -> userProperties(message.properties(), out);
            case 'R' ->
                (message, moment, out) -> {
                    String topic = message.properties().text(Property.RESPONSE_TOPIC);
                    if (topic != null) {
                        field.text(topic, out);
                    }
                };
            case 'S' -> number(Property.SUBSCRIPTION_IDENTIFIER, field);
            case 'U' ->
                (message, moment, out) -> ascii(
                        moment.time().toEpochSecond() + "."
                                + Strftime.padded(moment.time().getNano(), 9, '0'),
                        out);
            case 'X' -> (message, moment, out) -> field.hex(message.payload(), true, out);
            case 'd' -> (message, moment, out) -> floating(message, Double.BYTES, field, out);
            case 'f' -> (message, moment, out) -> floating(message, Float.BYTES, field, out);
            case 'l' -> (message, moment, out) -> field.number(message.payload().length, out);
            case 'm' -> (message, moment, out) -> field.number(message.packetId(), out);
            case 'p' -> (message, moment, out) -> field.payload(message.payload(), out);
            case 'q' -> (message, moment, out) -> out.write('0' + message.qos().value());
            case 'r' -> (message, moment, out) -> out.write(message.retain() ? '1' : '0');
            case 't' -> (message, moment, out) -> field.text(message.topic(), out);
            case 'x' -> (message, moment, out) -> field.hex(message.payload(), false, out);
            default -> (message, moment, out) -> out.write('%');
        };
    }

    private static Part number(Property property, Field field) {
        return (message, moment, out) -> {
            long value = message.properties().number(property, -1);
            if (value < 0) {
                field.blank(field.pad(), out);
            } else {
                field.number(value, out);
            }
        };
    }

    private static Part text(Property property, Field field) {
        return (message, moment, out) -> {
            String value = message.properties().text(property);
            if (value == null) {
                field.blank(' ', out);
            } else {
                field.text(value, out);
            }
        };
    }

    private static void userProperties(Properties properties, ByteArrayOutputStream out) {
        String separator = "";
        for (UserProperty pair : properties.userProperties()) {
            utf8(separator + pair.name() + ":" + pair.value(), out);
            separator = " ";
        }
    }

    /** The payload as a binary number of this size, in the byte order of most machines. */
    private static void floating(Delivery message, int bytes, Field field, ByteArrayOutputStream out) {
        if (message.payload().length != bytes) {
            throw new UnprintableException("The message on " + message.topic() + " has " + message.payload().length
                    + " bytes, a " + (bytes == Float.BYTES ? "float (%f)" : "double (%d)") + " has " + bytes + ".");
        }
        ByteBuffer payload = ByteBuffer.wrap(message.payload()).order(ByteOrder.LITTLE_ENDIAN);
        double value = bytes == Float.BYTES ? payload.getFloat() : payload.getDouble();
        if (Double.isNaN(value)) {
            field.number("nan", out);
        } else if (Double.isInfinite(value)) {
            field.number(value < 0 ? "-inf" : "inf", out);
        } else {
            int digits = field.precision() < 0 ? FRACTION_DIGITS : field.precision();
            String plain = new BigDecimal(value)
                    .setScale(digits, RoundingMode.HALF_EVEN)
                    .toPlainString();
            boolean negativeZero = Math.copySign(1, value) < 0 && !plain.startsWith("-");
            field.number(negativeZero ? "-" + plain : plain, out);
        }
    }

    private static void ascii(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void utf8(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void print(Delivery message, Moment moment, ByteArrayOutputStream out) {
        for (Part part : parts) {
            part.print(message, moment, out);
        }
        if (lineEnds) {
            out.write('\n');
        }
    }

    /** The members of %j and %J. */
    private static final class MessageJson {
        static String escaped(Delivery message, Moment moment, boolean pretty) {
            Json json = head(message, moment, pretty);
            return json.text(message.payload().length == 0 ? null : message.text())
                    .close()
                    .toString();
        }

        static String embedded(Delivery message, Moment moment, boolean pretty) {
            Json json = head(message, moment, pretty);
            if (message.payload().length == 0) {
                json.text(null);
            } else if (!json.copy(message.payload())) {
                throw new UnprintableException(
                        "The message on " + message.topic() + " is not JSON: print it with %j or %p.");
            }
            return json.close().toString();
        }

        private static Json head(Delivery message, Moment moment, boolean pretty) {
            String micros = Strftime.padded(moment.time().getNano() / 1000, 6, '0');
            Json json = new Json(pretty)
                    .open()
                    .key("tst")
                    .text(Strftime.isoSeconds(moment.time()) + "." + micros + "Z" + Strftime.offset(moment.time()));
            json.key("topic").text(message.topic());
            json.key("qos").number(message.qos().value());
            json.key("retain").number(message.retain() ? 1 : 0);
            json.key("payloadlen").number(message.payload().length);
            if (message.qos() != QoS.AT_MOST_ONCE) {
                json.key("mid").number(message.packetId());
            }
            if (!message.properties().isEmpty()) {
                json.key("properties").open();
                properties(message.properties(), json);
                json.close();
            }
            return json.key("payload");
        }

        private static void properties(Properties properties, Json json) {
            boolean userDone = false;
            for (int i = 0; i < properties.size(); i++) {
                Property key = properties.key(i);
                if (key != Property.USER_PROPERTY) {
                    json.key(PropertyNames.of(key));
                    if (properties.value(i) instanceof Long number) {
                        json.number(number);
                    } else if (properties.value(i) instanceof byte[] bytes) {
                        json.text(new String(bytes, StandardCharsets.UTF_8));
                    } else {
                        json.text(properties.value(i).toString());
                    }
                } else if (!userDone) {
                    userDone = true;
                    json.key("user-properties").open();
                    for (UserProperty pair : properties.userProperties()) {
                        json.key(pair.name()).text(pair.value());
                    }
                    json.close();
                }
            }
        }
    }
}
