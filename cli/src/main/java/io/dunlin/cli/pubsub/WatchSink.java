package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.screen.Screen;
import io.dunlin.cli.screen.TopicTable;
import io.dunlin.cli.screen.TopicTable.Order;
import io.dunlin.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** -w: a live table of the topics in a terminal; in a pipe the table once, at the end. */
final class WatchSink implements Sink {
    private static final int PLAIN_COLUMNS = 160;
    private static final String REVERSE = "\033[7m";
    private static final String NORMAL = "\033[0m";

    private final Terminal terminal;
    private final String title;
    private final TopicTable table = new TopicTable(System.nanoTime());
    private final @Nullable Screen screen;
    private final AtomicBoolean over = new AtomicBoolean();
    private Order order = Order.TOPIC;
    private int first;
    private boolean paused;

    WatchSink(Terminal terminal, String title, IntConsumer keys) throws IOException {
        this.terminal = terminal;
        this.title = title;
        this.screen = Screen.isThere() ? Screen.open(terminal, keys) : null;
    }

    @Override
    public void show(Delivery message) {
        table.add(message.topic(), message.payload(), message.qos().value(), message.retain(), System.nanoTime());
        message.ack();
    }

    @Override
    public void skip(Delivery message) {
        message.ack();
    }

    @Override
    public void flush() {
        // drawn by the clock, not by the message
    }

    @Override
    public long tickNanos() {
        return screen == null ? 0 : TimeUnit.MILLISECONDS.toNanos(500);
    }

    @Override
    public void tick() throws IOException {
        table.tick(System.nanoTime());
        draw();
    }

    private void draw() throws IOException {
        Screen shown = screen;
        if (shown == null || paused) {
            return;
        }
        long now = System.nanoTime();
        int[] size = shown.size();
        int rows = size[0] - 3;
        first = Math.max(0, Math.min(first, table.topics() - rows));
        List<String> lines = new ArrayList<>();
        lines.add(title + "   " + String.format(Locale.ROOT, "%s, %.0f a second", table.summary(now), table.rate()));
        List<String> body = table.lines(order, first, rows, size[1], true, now);
        lines.add(REVERSE
                + body.get(0)
                + " ".repeat(Math.max(0, size[1] - body.get(0).length()))
                + NORMAL);
        lines.addAll(body.subList(1, body.size()));
        while (lines.size() < size[0] - 1) {
            lines.add("");
        }
        lines.add("by " + order.name().toLowerCase(Locale.ROOT)
                + ".  sort: t topic, c count, r rate, b bytes, a age;  arrows, PgUp, PgDn;  space pauses;  q quits");
        shown.draw(lines);
    }

    @Override
    public boolean key(int key) throws IOException {
        switch (key) {
            case 'q', 'Q', 4 -> {
                return false;
            }
            case 't' -> order = Order.TOPIC;
            case 'c' -> order = Order.COUNT;
            case 'r' -> order = Order.RATE;
            case 'b' -> order = Order.BYTES;
            case 'a' -> order = Order.AGE;
            case ' ' -> paused = !paused;
            case Screen.UP, 'k' -> first--;
            case Screen.DOWN, 'j' -> first++;
            case Screen.PAGE_UP -> first -= 20;
            case Screen.PAGE_DOWN -> first += 20;
            default -> {
                return true;
            }
        }
        draw();
        return true;
    }

    @Override
    public void end() throws IOException {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        long now = System.nanoTime();
        Screen shown = screen;
        if (shown == null) {
            List<String> lines = table.lines(Order.TOPIC, 0, Integer.MAX_VALUE, PLAIN_COLUMNS, false, now);
            terminal.out().write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
            terminal.out().flush();
        } else {
            shown.close();
        }
        terminal.err().println(table.summary(now));
    }

    @Override
    public void abandon() {
        try {
            end();
        } catch (IOException e) {
            terminal.err().println("The table could not be written: " + e.getMessage());
        }
    }
}
