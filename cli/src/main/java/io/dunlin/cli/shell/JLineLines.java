package io.dunlin.cli.shell;

import io.dunlin.cli.args.Opt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A prompt by JLine: the only class that knows that library, so that it is loaded here and nowhere else. */
final class JLineLines implements Lines {
    private static final int HISTORY_LINES_MAX = 1000;
    /** Lines with a password are not kept: patterns of the history, parted by colons. */
    private static final String SECRETS =
            "* -P *:* -pw *:* --pw *:* --password *:* --pw=*:* --password=*:* --key-password*:*//*@*";

    private final Terminal terminal;
    private final LineReader reader;

    private JLineLines(Terminal terminal, LineReader reader) {
        this.terminal = terminal;
        this.reader = reader;
    }

    static JLineLines open(Map<String, String> env, TopicsSeen seen) throws IOException {
        Terminal terminal = TerminalBuilder.builder().system(true).build();
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(null); // a backslash in a payload is one
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("dunlin")
                .parser(parser)
                .completer((reader, line, candidates) -> complete(line, seen, candidates))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.HISTORY_IGNORE, SECRETS)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES_MAX);
        history(env).ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        return new JLineLines(terminal, builder.build());
    }

    /** $XDG_STATE_HOME/dunlin/shell-history, where that can be made. */
    private static Optional<Path> history(Map<String, String> env) {
        String state = env.getOrDefault("XDG_STATE_HOME", "");
        Path folder = state.isEmpty() ? Path.of(env.getOrDefault("HOME", "."), ".local", "state") : Path.of(state);
        try {
            return Optional.of(Files.createDirectories(folder.resolve("dunlin")).resolve("shell-history"));
        } catch (IOException e) {
            return Optional.empty(); // a shell without a memory is better than none
        }
    }

    private static void complete(ParsedLine line, TopicsSeen seen, List<Candidate> candidates) {
        List<String> words = line.words();
        if (line.wordIndex() == 0) {
            ShellOptions.COMMANDS.forEach(command -> candidates.add(new Candidate(command)));
            return;
        }
        if (line.word().startsWith("-")) {
            for (Opt opt : ShellOptions.of(words.get(0))) {
                for (String name : opt.names().split(" ")) {
                    candidates.add(new Candidate(name, name, null, opt.description(), null, null, true));
                }
            }
            return;
        }
        seen.startingWith(line.word()).forEach(topic -> candidates.add(new Candidate(topic)));
    }

    @Override
    public Optional<String> next(String prompt) {
        try {
            return Optional.of(reader.readLine(prompt));
        } catch (UserInterruptException e) {
            return Optional.of(""); // Ctrl-C forgets the line
        } catch (EndOfFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void print(String line) {
        if (reader.isReading()) {
            reader.printAbove(line);
        } else {
            terminal.writer().println(line);
            terminal.flush();
        }
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
