package io.dunlin.cli.screen;

import io.dunlin.cli.args.Terminal;
import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * A terminal that is drawn as a whole, with keys that count without Enter. Ctrl-C stays what it is. {@link #close} gives the
 * terminal back as it was; it may be called from any thread, and more than once.
 */
public final class Screen implements AutoCloseable {
    /** A key that is no letter. */
    public static final int UP = 0x1000;

    public static final int DOWN = 0x1001;
    public static final int PAGE_UP = 0x1002;
    public static final int PAGE_DOWN = 0x1003;

    private static final File TTY = new File("/dev/tty");
    private static final String ENTER = "\033[?1049h\033[?25l\033[?7l\033[2J";
    private static final String LEAVE = "\033[?7h\033[?25h\033[?1049l";

    private final Terminal terminal;
    private final String settings;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Screen(Terminal terminal, String settings) {
        this.terminal = terminal;
        this.settings = settings;
    }

    /** Whether this process reads from a terminal and writes to one. */
    public static boolean isThere() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent() && TTY.canRead();
    }

    /**
     * Takes the terminal over.
     *
     * @param keys gets each key that is pressed, on a thread of its own
     */
    public static Screen open(Terminal terminal, IntConsumer keys) throws IOException {
        Screen screen = new Screen(terminal, stty("-g").strip());
        stty("-icanon", "-echo", "min", "1");
        screen.write(ENTER);
        Thread reader = new Thread(() -> screen.read(keys), "keys");
        reader.setDaemon(true);
        reader.start();
        return screen;
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command).redirectInput(TTY).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private void read(IntConsumer keys) {
        try {
            for (int c = terminal.in().read(); c >= 0; c = terminal.in().read()) {
                keys.accept(c == '\033' ? sequence() : c);
            }
        } catch (IOException e) {
            close(); // nobody sits there any more
        }
    }

    /** What follows ESC: the keys that move. */
    private int sequence() throws IOException {
        if (terminal.in().read() != '[') {
            return 0;
        }
        return switch (terminal.in().read()) {
            case 'A' -> UP;
            case 'B' -> DOWN;
            case '5' -> terminal.in().read() == '~' ? PAGE_UP : 0;
            case '6' -> terminal.in().read() == '~' ? PAGE_DOWN : 0;
            default -> 0;
        };
    }

    /** Rows and columns as they are now, at least 4 and 20. */
    public int[] size() {
        try {
            String[] words = stty("size").strip().split(" ");
            if (words.length == 2) {
                return new int[] {Math.max(4, Integer.parseInt(words[0])), Math.max(20, Integer.parseInt(words[1]))};
            }
        } catch (IOException | NumberFormatException e) {
            return new int[] {24, 80}; // every terminal has these
        }
        return new int[] {24, 80};
    }

    /** Replaces what is shown; lines that do not fit are cut by the terminal. */
    public void draw(List<String> lines) throws IOException {
        if (!closed.get()) {
            write("\033[H" + String.join("\033[K\r\n", lines) + "\033[K\033[J");
        }
    }

    private void write(String text) throws IOException {
        terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                write(LEAVE);
                stty(settings);
            } catch (IOException e) {
                terminal.err().println("The terminal could not be restored: type 'reset'.");
            }
        }
    }
}
