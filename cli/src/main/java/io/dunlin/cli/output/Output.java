package io.dunlin.cli.output;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.client.Delivery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Standard output of sub and rr: collects messages while more are at hand, then writes them at once and acknowledges them, so
 * that a message is never acknowledged before it is written.
 */
public final class Output {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int BATCH_MESSAGES = 1024;

    private final Terminal terminal;
    private final Printer printer;
    private final boolean quiet;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream(BATCH_BYTES);
    private final List<Delivery> unacknowledged = new ArrayList<>();

    public Output(Args args, Terminal terminal) {
        this.terminal = terminal;
        this.quiet = args.has("--quiet");
        this.printer = printer(args);
    }

    private static Printer printer(Args args) {
        boolean lineEnds = !args.has("-N");
        String folder = args.text("--file-save");
        if (folder != null) {
            return FileSink.folder(folder);
        }
        String file = args.text("--file-write");
        if (file != null) {
            return FileSink.file(file, args.text("--delimiter", "\n"));
        }
        String format = args.text("-F");
        if (format == null && (args.has("-J") || args.text("--format", "").equals("json"))) {
            format = "%j";
        }
        if (format != null) {
            return OutputFormat.parse(format, args.has("--pretty"), lineEnds);
        }
        PlainPrinter.Kind kind =
                switch (args.text("--format", "text")) {
                    case "text", "plain" -> PlainPrinter.Kind.TEXT;
                    case "hex" -> PlainPrinter.Kind.HEX;
                    case "base64" -> PlainPrinter.Kind.BASE64;
                    case "cbor" -> PlainPrinter.Kind.CBOR;
                    case "msgpack" -> PlainPrinter.Kind.MSGPACK;
                    default ->
                        throw new UsageException("--format is text, json, hex, base64, cbor or msgpack, not '"
                                + args.text("--format") + "'.");
                };
        return new PlainPrinter(kind, args.has("-v"), lineEnds, args.has("--pretty"));
    }

    /** Adds a message; it is written now or at the next {@link #flush}. */
    public void print(Delivery message) throws IOException {
        try {
            printer.print(message, new Moment(ZonedDateTime::now), collected);
        } catch (UncheckedIOException e) {
            throw new CommandFailed("The message cannot be saved: " + e.getMessage(), ExitCode.ERROR);
        } catch (Printer.UnprintableException e) {
            PrintStream err = terminal.err();
            if (!quiet) {
                err.println("Error: " + e.getMessage());
            }
            collected.write('\n');
        }
        keep(message);
    }

    /** Adds a message that is not to be seen, for its acknowledgement alone. */
    public void skip(Delivery message) throws IOException {
        keep(message);
    }

    private void keep(Delivery message) throws IOException {
        unacknowledged.add(message);
        if (collected.size() >= BATCH_BYTES || unacknowledged.size() >= BATCH_MESSAGES) {
            flush();
        }
    }

    /** Writes what was collected and acknowledges it. @throws IOException where nobody reads any more */
    public void flush() throws IOException {
        if (collected.size() > 0) {
            collected.writeTo(terminal.out());
            terminal.out().flush();
            collected.reset();
        }
        for (Delivery message : unacknowledged) {
            message.ack();
        }
        unacknowledged.clear();
    }
}
