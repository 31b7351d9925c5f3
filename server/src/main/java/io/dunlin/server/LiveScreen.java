package io.dunlin.server;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A terminal that shows a picture in place of the one before, or a pipe that gets one after the other. Thread: one, but for the keys.
 */
final class LiveScreen implements AutoCloseable {
    private static final File TTY = new File("/dev/tty");
    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final int ROWS = 24;
    private static final int COLUMNS = 80;
    private static final int PIPE_COLUMNS = 200;

    private final PrintWriter out;
    private final String settings; // of the terminal, to be restored; "" for a pipe
    private final Thread restore = new Thread(this::restore, "terminal");

    private LiveScreen(PrintWriter out, String settings) {
        this.out = out;
        this.settings = settings;
    }

    static LiveScreen plain(PrintWriter out) {
        return new LiveScreen(out, "");
    }

    /**
     * Takes the terminal over until it is closed, or the process ends.
     *
     * @param keys gets each key on a thread of its own, -1 at the end
     */
    static LiveScreen open(PrintWriter out, IntConsumer keys) throws IOException {
        LiveScreen screen = new LiveScreen(out, stty("-g").strip());
        stty("-icanon", "-echo", "min", "1");
        Runtime.getRuntime().addShutdownHook(screen.restore);
        out.print(ENTER);
        out.flush();
        Thread reader = new Thread(() -> read(keys), "keys");
        reader.setDaemon(true);
        reader.start();
        return screen;
    }

    private static void read(IntConsumer keys) {
        try {
            int key = System.in.read();
            while (key >= 0) {
                keys.accept(key);
                key = System.in.read();
            }
        } catch (IOException e) { // nobody sits there any more
            keys.accept(-1);
            return;
        }
        keys.accept(-1);
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command).redirectInput(TTY).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private boolean isTerminal() {
        return !settings.isEmpty();
    }

    int rows() {
        return isTerminal() ? size(0, ROWS) : ROWS;
    }

    int columns() {
        return isTerminal() ? size(1, COLUMNS) : PIPE_COLUMNS;
    }

    private static int size(int index, int otherwise) {
        try {
            String[] words = stty("size").strip().split(" ");
            return words.length == 2 ? Math.max(otherwise / 2, Integer.parseInt(words[index])) : otherwise;
        } catch (IOException | NumberFormatException e) { // what every terminal has
            return otherwise;
        }
    }

    void draw(List<String> lines) {
        if (isTerminal()) {
            out.print("\033[H" + String.join("\033[K\r\n", lines) + "\033[K\033[J");
            out.flush();
        } else {
            lines.forEach(out::println);
            out.println();
        }
    }

    private void restore() {
        out.print(LEAVE);
        out.flush();
        try {
            stty(settings);
        } catch (IOException e) {
            out.println("The terminal could not be restored: type 'reset'.");
        }
    }

    @Override
    public void close() {
        if (isTerminal()) {
            Runtime.getRuntime().removeShutdownHook(restore);
            restore();
        }
    }
}
