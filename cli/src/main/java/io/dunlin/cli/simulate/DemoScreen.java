package io.dunlin.cli.simulate;

import io.dunlin.cli.screen.Screen;
import io.dunlin.cli.screen.TopicTable;
import io.dunlin.cli.screen.TopicTable.Order;
import io.dunlin.client.Delivery;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.RealTimeline;
import io.dunlin.fleet.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo shows: how many devices of each kind are online, a table of topics, and what to try. Any thread. */
final class DemoScreen {
    private static final int LINES_AROUND = 7;
    private static final int END_OF_INPUT = 4;
    private static final String BOLD = "\033[1m";
    private static final String DIM = "\033[2m";
    private static final String REVERSE = "\033[7m";
    private static final String NORMAL = "\033[0m";

    private final Fleet fleet;
    private final String title;
    private final String options;
    private final TopicTable table = new TopicTable(System.nanoTime());
    private volatile Order order = Order.SPREAD;
    private volatile int first;
    private volatile boolean paused;

    DemoScreen(Fleet fleet, String scenario, String url) {
        this.fleet = fleet;
        this.title = "Dunlin demo: " + scenario + " on " + url;
        String port = url.substring(url.lastIndexOf(':') + 1);
        this.options = port.equals("1883") ? "" : " -p " + port;
    }

    void add(Delivery message) {
        table.add(message.topic(), message.payload(), message.qos().value(), message.retain(), System.nanoTime());
    }

    void key(int key, Ending ending) {
        switch (key) {
            case 'q', 'Q', END_OF_INPUT -> ending.ask();
            case 's' -> order(Order.SPREAD);
            case 't' -> order(Order.TOPIC);
            case 'c' -> order(Order.COUNT);
            case 'r' -> order(Order.RATE);
            case 'b' -> order(Order.BYTES);
            case 'a' -> order(Order.AGE);
            case ' ' -> paused = !paused;
            case Screen.UP, 'k' -> scroll(-1);
            case Screen.DOWN, 'j' -> scroll(1);
            case Screen.PAGE_UP -> scroll(-20);
            case Screen.PAGE_DOWN -> scroll(20);
            default -> scroll(0);
        }
    }

    private void order(Order chosen) {
        order = chosen;
        first = 0;
    }

    /** Those who scroll want to see all. */
    private void scroll(int rows) {
        if (rows != 0 && order == Order.SPREAD) {
            order(Order.TOPIC);
        }
        first = Math.max(0, first + rows);
    }

    void draw(Screen screen, RealTimeline timeline) throws IOException {
        long now = System.nanoTime();
        table.tick(now);
        if (paused) {
            return;
        }
        int[] size = screen.size();
        int rows = Math.max(1, size[0] - LINES_AROUND);
        first = Math.max(0, Math.min(first, table.topics() - rows));
        List<String> lines = new ArrayList<>();
        lines.add(BOLD
                + title
                + NORMAL
                + String.format(
                        Locale.ROOT,
                        "   %s   %.0f messages a second",
                        SimulateRun.clock(timeline.now()),
                        table.rate()));
        lines.add(groups(size[1]));
        lines.add("");
        List<String> body = table.lines(order, first, rows, size[1], true, now);
        lines.add(REVERSE
                + body.get(0)
                + " ".repeat(Math.max(0, size[1] - body.get(0).length()))
                + NORMAL);
        lines.addAll(body.subList(1, body.size()));
        while (lines.size() < size[0] - 3) {
            lines.add("");
        }
        lines.add(DIM + "in another terminal:" + NORMAL + "  ./dunlin sub" + options + " -t 'plant/#' -v");
        lines.add("                      ./dunlin pub" + options + " -t drones/drone-02/cmd -m '{\"return\": true}'");
        lines.add(DIM
                + "some of each (s), all by topic (t), rate (r), count (c), bytes (b), age (a); arrows; space pauses; "
                + NORMAL + BOLD + "q quits" + NORMAL);
        screen.draw(lines);
    }

    private String groups(int columns) {
        StringBuilder out = new StringBuilder();
        for (Tally tally : fleet.tallies()) {
            String each = tally.group() + " " + tally.online() + "/" + tally.devices();
            if (out.length() + each.length() + 3 < columns) {
                out.append(out.isEmpty() ? "" : "   ").append(each);
            }
        }
        return out.toString();
    }
}
