package io.dunlin.cli.simulate;

import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.client.Message;
import io.dunlin.fleet.DryUplinks;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.VirtualTimeline;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/** Prints what the devices would say: time, client id, QoS and retain, topic, payload (hexadecimal where it is no text). */
final class DryRun {
    private static final double NANOS = 1e9;

    private DryRun() {}

    static int run(SimulateOptions options, Terminal terminal) {
        VirtualTimeline timeline = new VirtualTimeline();
        OutputStream out = new BufferedOutputStream(terminal.out(), 1 << 16);
        DryUplinks uplinks = new DryUplinks((clientId, message) -> print(timeline.now(), clientId, message, out));
        try (out) {
            new Fleet(options.scenario(), options.fleet(), timeline, uplinks).start();
            timeline.runUntil((long) (options.durationSeconds() * NANOS));
        } catch (UncheckedIOException | IOException e) {
            return ExitCode.OK; // nobody reads any more
        }
        return ExitCode.OK;
    }

    private static void print(long nanos, String clientId, Message message, OutputStream out) {
        String line = String.format(
                Locale.ROOT,
                "%9.3f  %-14s %d%s  %s  %s%n",
                nanos / NANOS,
                clientId,
                message.qos().value(),
                message.retain() ? "r" : " ",
                message.topic(),
                readable(message.payload()));
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readable(byte[] payload) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
            if (text.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\t')) {
                return text;
            }
        } catch (CharacterCodingException e) {
            return HexFormat.of().formatHex(payload);
        }
        return HexFormat.of().formatHex(payload);
    }
}
