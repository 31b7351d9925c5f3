package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.output.Output;
import io.dunlin.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Prints the messages, or with --message-rate only how many came in each second. */
final class PrintSink implements Sink {
    private final Output output;
    private final Terminal terminal;
    private final boolean rateOnly;
    private long count;

    PrintSink(Output output, Terminal terminal, boolean rateOnly) {
        this.output = output;
        this.terminal = terminal;
        this.rateOnly = rateOnly;
    }

    @Override
    public void show(Delivery message) throws IOException {
        if (rateOnly) {
            count++;
            output.skip(message);
        } else {
            output.print(message);
        }
    }

    @Override
    public void skip(Delivery message) throws IOException {
        output.skip(message);
    }

    @Override
    public void flush() throws IOException {
        output.flush();
    }

    @Override
    public long tickNanos() {
        return rateOnly ? TimeUnit.SECONDS.toNanos(1) : 0;
    }

    @Override
    public void tick() throws IOException {
        terminal.out().write((count + "\n").getBytes(StandardCharsets.US_ASCII));
        terminal.out().flush();
        count = 0;
    }

    @Override
    public boolean key(int key) {
        return true;
    }

    @Override
    public void end() throws IOException {
        output.flush();
    }

    @Override
    public void abandon() {
        // what was printed is printed; what was not is not acknowledged and comes again
    }
}
