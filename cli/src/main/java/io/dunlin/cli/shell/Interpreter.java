package io.dunlin.cli.shell;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.PublishResult;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.InvalidTopic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does what the lines say. One thread; messages come in on others. */
final class Interpreter implements AutoCloseable {
    static final String HELP = """
              connect [-n NAME] [-h HOST] ...    another connection, with the options of pub; now the current one
              use NAME                           makes another one the current one
              ls                                 the connections, * the current one, and what they hear
              disconnect [NAME]                  ends one
              pub TOPIC TEXT [-q QOS] [-r]       also -t TOPIC -m TEXT
              sub FILTER... [-q QOS]             messages are printed as they come
              unsub FILTER...
              rr TOPIC TEXT [-W SECONDS]         sends a request and prints the response (MQTT 5)
              wait [N] [-W SECONDS]              until N messages came (default 1), for scripts
              help, exit                         # begins a comment
            """;

    private static final int WORDS_MAX = 100;
    private static final double RESPONSE_SECONDS = 5;
    private static final double WAIT_SECONDS = 10;

    private final Lines lines;
    private final Terminal terminal;
    private final TopicsSeen seen;
    private final Map<String, Context> contexts = new LinkedHashMap<>();
    private final Semaphore arrived = new Semaphore(0);
    private @Nullable Context current;
    private boolean over;

    Interpreter(Lines lines, Terminal terminal, TopicsSeen seen) {
        this.lines = lines;
        this.terminal = terminal;
        this.seen = seen;
    }

    /** Reads until the end; a command that fails says so and the next may come. */
    int prompt() throws IOException {
        lines.print("Dunlin: 'help' names the commands, Tab completes, Ctrl-D ends.");
        Optional<String> line = lines.next(promptText());
        while (line.isPresent() && !over) {
            try {
                run(line.get());
            } catch (UsageException | CommandFailed e) {
                lines.print("Error: " + e.getMessage());
            }
            line = over ? Optional.empty() : lines.next(promptText());
        }
        return ExitCode.OK;
    }

    private String promptText() {
        return (current == null ? "dunlin" : current.name()) + "> ";
    }

    /** Runs until the end, or until a command fails. */
    int script() throws IOException {
        int number = 0;
        Optional<String> line = lines.next("");
        while (line.isPresent() && !over) {
            number++;
            try {
                run(line.get());
            } catch (UsageException e) {
                throw new CommandFailed("Line " + number + ": " + e.getMessage(), ExitCode.ERROR);
            } catch (CommandFailed e) {
                throw new CommandFailed("Line " + number + ": " + e.getMessage(), e.exitCode());
            }
            line = over ? Optional.empty() : lines.next("");
        }
        return ExitCode.OK;
    }

    private void run(String line) throws IOException {
        List<String> words = Words.of(line);
        if (words.isEmpty()) {
            return;
        }
        String command = words.get(0);
        if (!ShellOptions.COMMANDS.contains(command)) {
            throw new UsageException("There is no command '" + command + "'; 'help' names them.");
        }
        Args args = Args.parse(command, ShellOptions.of(command), words.subList(1, words.size()), WORDS_MAX);
        try {
            run(command, args);
        } catch (MqttException e) {
            throw current == null
                    ? new CommandFailed(String.valueOf(e.getMessage()), ExitCode.ERROR)
                    : current.connect().failed(e);
        } catch (InvalidTopic e) {
            throw new UsageException("That is no topic: " + e.getMessage() + ".");
        }
    }

    private void run(String command, Args args) throws IOException {
        switch (command) {
            case "connect" -> connect(args);
            case "use" -> current = named(args);
            case "ls" -> list();
            case "disconnect" -> disconnect(args.operands().isEmpty() ? current() : named(args));
            case "pub" -> publish(args);
            case "sub" -> subscribe(args);
            case "unsub" -> unsubscribe(args);
            case "rr" -> request(args);
            case "wait" -> await(args);
            case "help" -> lines.print(HELP.stripTrailing());
            default -> over = true;
        }
    }

    private void connect(Args args) throws IOException {
        String host = args.operands().isEmpty()
                ? args.text("-h", "localhost")
                : args.operands().get(0);
        ConnectArgs connect = new ConnectArgs(args, terminal, PropertyArgs.Target.CONNECT, true);
        String name = args.text("-n", args.text("-L", host));
        if (contexts.containsKey(name)) {
            throw new UsageException(
                    "There is a connection '" + name + "' already: name this one with -n, or disconnect that one.");
        }
        MqttClient client = connect.client()
                .onMessage(message -> show(name, message))
                .onStateChange(change -> changed(name, change))
                .build();
        try {
            client.connect();
        } catch (MqttException e) {
            client.close();
            throw connect.failed(e);
        }
        String address = args.text("-L", host + (args.has("-p") ? ":" + args.text("-p") : ""));
        Context made = new Context(name, client, connect, address);
        contexts.put(name, made);
        current = made;
    }

    /** Tells of what nobody asked for. */
    private void changed(String name, ConnectionState.Change change) {
        if (change.from() == ConnectionState.CONNECTED && change.cause() != null) {
            say("[" + name + "] " + change.cause().getMessage());
        } else if (change.from() == ConnectionState.RECONNECTING && change.to() == ConnectionState.CONNECTED) {
            say("[" + name + "] connected again");
        }
    }

    private void show(String name, Delivery message) {
        seen.add(message.topic());
        say((contexts.size() > 1 ? "[" + name + "] " : "") + message.topic() + " " + readable(message.payload()));
        arrived.release();
    }

    private void say(String line) {
        try {
            lines.print(line);
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
            return "0x" + HexFormat.of().formatHex(payload);
        }
        return "0x" + HexFormat.of().formatHex(payload);
    }

    private Context current() {
        if (current == null) {
            throw new UsageException("There is no connection: make one with 'connect -h HOST'.");
        }
        return current;
    }

    private Context named(Args args) {
        String name = args.operands().isEmpty() ? "" : args.operands().get(0);
        Context context = contexts.get(name);
        if (context == null) {
            throw new UsageException("There is no connection '" + name + "'"
                    + (contexts.isEmpty()
                            ? ": make one with 'connect'."
                            : ": there are " + String.join(", ", contexts.keySet()) + "."));
        }
        return context;
    }

    private void list() throws IOException {
        for (Context context : contexts.values()) {
            lines.print((context == current ? "* " : "  ") + context.name() + "  " + context.address() + "  "
                    + context.client().state().name().toLowerCase(java.util.Locale.ROOT)
                    + (context.filters().isEmpty() ? "" : "  hears " + String.join(" ", context.filters())));
        }
    }

    private void disconnect(Context context) {
        context.client().close();
        contexts.remove(context.name());
        if (current == context) {
            current = contexts.values().stream().findFirst().orElse(null);
        }
    }

    private static Message message(Args args) {
        List<String> words = new ArrayList<>(args.operands());
        String topic = args.text("-t");
        if (topic == null && !words.isEmpty()) {
            topic = words.remove(0);
        }
        if (topic == null) {
            throw new UsageException("Where to? Write pub TOPIC TEXT.");
        }
        return Message.of(topic, args.text("-m", String.join(" ", words))).withQos(qos(args, 0));
    }

    private static QoS qos(Args args, int absent) {
        return QoS.of((int) args.number("-q", 0, 2, absent));
    }

    private void publish(Args args) {
        PublishResult result = current().client().publish(message(args).withRetain(args.has("-r")));
        refuse(result.reason(), result.reasonString());
    }

    private static void refuse(ReasonCode reason, @Nullable String words) {
        if (reason.isError()) {
            throw new CommandFailed(
                    "The broker refused it: " + (words == null ? reason.text() : words) + ".", reason.value());
        }
    }

    private void subscribe(Args args) {
        Context context = current();
        for (String filter : filters(args)) {
            context.client()
                    .subscribe(List.of(Subscription.of(filter).withQos(qos(args, 2))), Properties.NONE)
                    .reasons()
                    .forEach(reason -> refuse(reason, null));
            context.filters().add(filter);
        }
    }

    private void unsubscribe(Args args) {
        Context context = current();
        for (String filter : filters(args)) {
            context.client().unsubscribe(filter);
            context.filters().remove(filter);
        }
    }

    private static List<String> filters(Args args) {
        List<String> filters = new ArrayList<>(args.operands());
        filters.addAll(args.list("-t"));
        if (filters.isEmpty()) {
            throw new UsageException("Which topics? Write a filter, for instance sensors/#.");
        }
        return filters;
    }

    private void request(Args args) throws IOException {
        Duration timeout = Duration.ofMillis((long) (1000 * args.seconds("-W", 0.001, RESPONSE_SECONDS)));
        Delivery response = current().client().request(message(args), timeout);
        lines.print(readable(response.payload()));
    }

    private void await(Args args) {
        int count = args.operands().isEmpty()
                ? 1
                : (int) Args.number("The number of messages", args.operands().get(0), 1, Integer.MAX_VALUE);
        double seconds = args.seconds("-W", 0.001, WAIT_SECONDS);
        try {
            if (!arrived.tryAcquire(count, (long) (1000 * seconds), TimeUnit.MILLISECONDS)) {
                throw new CommandFailed(
                        "Only " + arrived.availablePermits() + " of " + count + " messages came in time.",
                        ExitCode.TIMED_OUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says goodbye to all brokers. */
    @Override
    public void close() {
        contexts.values().forEach(context -> context.client().close());
        contexts.clear();
    }
}
