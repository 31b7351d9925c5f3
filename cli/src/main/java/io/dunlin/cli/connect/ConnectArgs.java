package io.dunlin.cli.connect;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Pause;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectFailed;
import io.dunlin.client.ConnectionLost;
import io.dunlin.client.Handling;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.TimedOut;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.ProxyOptions;
import io.dunlin.client.transport.TlsOptions;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.io.Console;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns the options that pub, sub and rr share into a client. */
public final class ConnectArgs {
    /** A tool whose output goes nowhere for a while slows the server down; it loses nothing. */
    private static final int QUEUE_MAX = 4_096;

    private static final long NEVER_EXPIRES = 4_294_967_295L;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Args args;
    private final Terminal terminal;
    private final ProtocolVersion version;
    private final PropertyArgs properties;
    private final Address address;
    private @Nullable TlsOptions tls;

    public ConnectArgs(Args args, Terminal terminal, PropertyArgs.Target own, boolean topicGiven) {
        this.args = args;
        this.terminal = terminal;
        this.version = version(args);
        this.properties = PropertyArgs.of(args, version, own);
        this.address = Address.of(args, topicGiven);
    }

    public ProtocolVersion version() {
        return version;
    }

    public Properties properties(PropertyArgs.Target target) {
        return properties.of(target);
    }

    /** The topic that the URL brought, or null. */
    @Nullable
    public String topic() {
        return address.topic();
    }

    /** Where the options lead to. */
    public Endpoint endpoint() {
        return address.endpoint();
    }

    /** @throws UsageException where an option has no valid value */
    public ClientBuilder client() {
        return client(address.endpoint());
    }

    /** As {@link #client()}, but to another address. */
    public ClientBuilder client(Endpoint endpoint) {
        ClientBuilder builder = MqttClient.builder()
                .endpoint(endpoint)
                .version(version)
                .keepAlive(Duration.ofSeconds(args.number("-k", 0, 65_535, 60)))
                .connectTimeout(millis(args.seconds("--connect-timeout", 0.001, 30)))
                .noReconnect()
                .handling(Handling.DEFAULT.withQueue(QUEUE_MAX, Handling.Overflow.PAUSE_READING))
                .will(will());
        identity(builder);
        credentials(builder);
        network(builder);
        builder.connectProperties(properties.of(PropertyArgs.Target.CONNECT));
        if (args.has("-d")) {
            builder.onPacket(trace -> terminal.err().println((trace.sent() ? "Sent " : "Received ") + trace.packet()));
        }
        return builder;
    }

    /** Connects; with --retry as often as it takes, with longer pauses each time. */
    public Connack connect(MqttClient client) {
        long pause = RETRY_NANOS;
        while (true) {
            try {
                return client.connect();
            } catch (ConnectFailed | TimedOut | ConnectionLost e) {
                if (!args.has("--retry")) {
                    throw e;
                }
                if (pause == RETRY_NANOS && !args.has("--quiet")) {
                    terminal.err().println("Warning: " + e.getMessage() + " Trying again.");
                }
                pause(pause);
                pause = Math.min(pause * 2, RETRY_NANOS_MAX);
            }
        }
    }

    private static void pause(long nanos) {
        try {
            Pause.nanos(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted.", ExitCode.ERROR);
        }
    }

    private static ProxyOptions proxy(String url) {
        try {
            return ProxyOptions.parse(url);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--proxy is written socks5h://user:password@host:port or http://host:port, not '" + url + "'.");
        }
    }

    /** What the client reports, as a failure of the command with its exit code. */
    public CommandFailed failed(MqttException e) {
        return new CommandFailed(e.getMessage() == null ? e.toString() : e.getMessage(), ExitCode.of(e, version));
    }

    public static Duration millis(double seconds) {
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
    }

    private static ProtocolVersion version(Args args) {
        String text = args.text("-V", "5").toLowerCase(Locale.ROOT);
        return switch (text.startsWith("mqttv") ? text.substring(5) : text) {
            case "5", "5.0" -> ProtocolVersion.V5;
            case "311", "3.1.1", "4", "3" -> ProtocolVersion.V3_1_1;
            case "31", "3.1" -> ProtocolVersion.V3_1;
            default -> throw new UsageException("-V is 5, 311 or 31, not '" + text + "'.");
        };
    }

    private void identity(ClientBuilder builder) {
        String id = args.text("--id", "");
        String prefix = args.text("--id-prefix");
        if (prefix != null) {
            if (!id.isEmpty()) {
                throw new UsageException("-i and -I exclude each other: give one of them.");
            }
            id = prefix + ProcessHandle.current().pid();
        }
        boolean keep = args.has("--disable-clean-session") && !args.has("--clean-start");
        if (keep && id.isEmpty() && !args.has("--client-id")) { // that one names many, one by one
            throw new UsageException("-c keeps a session by its client id: give one with -i.");
        }
        if (id.isEmpty() && version == ProtocolVersion.V3_1) {
            id = "dunlin-" + ProcessHandle.current().pid();
        }
        builder.clientId(id).cleanStart(!keep);
        if (!properties.has(PropertyArgs.Target.CONNECT, Property.SESSION_EXPIRY_INTERVAL)) {
            long expiry = expirySeconds(keep);
            if (expiry > 0 && version.hasProperties()) {
                builder.connectProperty(Property.SESSION_EXPIRY_INTERVAL, expiry);
            }
        } else if (args.has("-x")) {
            throw new UsageException("-x and -D connect session-expiry-interval exclude each other: give one of them.");
        }
    }

    private long expirySeconds(boolean keep) {
        String text = args.text("-x");
        if (text == null) {
            return keep ? NEVER_EXPIRES : 0;
        }
        return text.equals("-1") || text.equals("∞") ? NEVER_EXPIRES : Args.number("-x", text, 0, NEVER_EXPIRES);
    }

    private void credentials(ClientBuilder builder) {
        String username = args.text("-u", address.username() == null ? "" : address.username());
        String password = password();
        if (password == null) {
            password = address.password();
        }
        if (!username.isEmpty()) {
            builder.username(username);
        } else if (password != null && !version.hasProperties()) {
            throw new UsageException("A password needs a user name before MQTT 5: give one with -u.");
        }
        if (password != null) {
            builder.password(password.getBytes(StandardCharsets.UTF_8));
        }
    }

    private @Nullable String password() {
        String variable = args.text("--password-env");
        if (variable != null) {
            String value = terminal.env().get(variable);
            if (value == null) {
                throw new UsageException("The environment has no variable " + variable + " for the password.");
            }
            return value;
        }
        String file = args.text("--password-file");
        if (file != null) {
            try {
                List<String> lines = Files.readAllLines(Path.of(file));
                return lines.isEmpty() ? "" : lines.get(0);
            } catch (IOException e) {
                throw new UsageException("The password file " + file + " cannot be read.");
            }
        }
        String given = args.text("-P");
        return "-".equals(given) ? ask("Password: ") : given;
    }

    @SuppressWarnings("SystemConsoleNull") // the null check is for the checker: since JDK 22 isTerminal() tells
    private static String ask(String prompt) {
        Console console = System.console();
        char[] typed = console != null && console.isTerminal() ? console.readPassword(prompt) : null;
        if (typed == null) {
            throw new UsageException(
                    "There is no terminal to ask for a password: use --password-env or --password-file.");
        }
        return new String(typed);
    }

    private void network(ClientBuilder builder) {
        TlsOptions options = tls;
        if (options == null) {
            options = tls();
            tls = options;
        }
        builder.tls(options); // one for all clients: they share its context and sessions
        String bind = args.text("-A");
        if (bind != null) {
            builder.bind(new InetSocketAddress(bind, 0));
        }
        String proxy = args.text("--proxy");
        if (proxy != null) {
            builder.proxy(proxy(proxy));
        }
        for (String header : args.list("--ws-header")) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new UsageException("--ws-header is written NAME:VALUE, not '" + header + "'.");
            }
            builder.webSocketHeader(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
    }

    private TlsOptions tls() {
        if (args.has("--tls-keylog")) {
            throw new UsageException("--tls-keylog is not in Java: capture at the broker, or use mosquitto's tools.");
        }
        if (args.has("--psk") || args.has("--psk-identity")) {
            throw new UsageException("TLS with pre-shared keys is not in Java: use a certificate (--cert, --key).");
        }
        if (!args.text("--keyform", "pem").equals("pem")) {
            throw new UsageException("--keyform is pem: other key stores are not supported.");
        }
        String key = args.text("--key");
        if (key != null && !args.has("--cert")) {
            throw new UsageException("--key needs the certificate that it belongs to: give it with --cert.");
        }
        String alpn = args.text("--tls-alpn");
        String ciphers = args.text("--ciphers");
        return new TlsOptions(
                path("--cafile"),
                path("--capath"),
                path("--cert"),
                path("--key"),
                keyPassword(),
                !args.has("--insecure"),
                !args.has("--insecure-any-certificate"),
                alpn == null ? List.of() : List.of(alpn),
                args.text("--tls-server-name"),
                tlsVersions(),
                ciphers == null ? List.of() : List.of(ciphers.split(":")),
                args.has("--tls-use-os-certs"));
    }

    private @Nullable String keyPassword() {
        String given = args.text("--key-password");
        return "-".equals(given) ? ask("Password of the key: ") : given;
    }

    private List<String> tlsVersions() {
        String text = args.text("--tls-version");
        if (text == null) {
            return List.of();
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "tlsv1.3" -> List.of("TLSv1.3");
            case "tlsv1.2" -> List.of("TLSv1.2");
            default -> throw new UsageException("--tls-version is tlsv1.3 or tlsv1.2, not '" + text + "'.");
        };
    }

    private @Nullable Path path(String option) {
        String text = args.text(option);
        if (text != null && !Files.exists(Path.of(text))) {
            throw new UsageException("The file " + text + " of " + option + " does not exist.");
        }
        return text == null ? null : Path.of(text);
    }

    private @Nullable Will will() {
        String topic = args.text("--will-topic");
        if (topic == null) {
            for (String option : List.of("--will-payload", "--will-qos", "--will-retain")) {
                if (args.has(option)) {
                    throw new UsageException(option + " needs a topic: give it with --will-topic.");
                }
            }
            return null;
        }
        return new Will(
                topicName("--will-topic", topic),
                QoS.of((int) args.number("--will-qos", 0, 2, 0)),
                args.has("--will-retain"),
                properties.of(PropertyArgs.Target.WILL),
                args.text("--will-payload", "").getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UsageException where the text is no topic */
    public static TopicName topicName(String option, String text) {
        try {
            return TopicName.of(text);
        } catch (InvalidTopic e) {
            throw new UsageException(
                    "The topic '" + text + "' of " + option + " is not valid: " + e.getMessage() + ".");
        }
    }
}
