package io.dunlin.server;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.acl.Explanation;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleFinding;
import io.dunlin.security.login.Login;
import io.dunlin.security.users.UserBase;
import io.dunlin.security.users.UserStore;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin acl explain} and {@code dunlin acl check}. */
@Command(
        name = "acl",
        description = "Explains and checks who may do what.",
        synopsisSubcommandLabel = "(explain | check)",
        subcommands = {AclCommand.Explain.class, AclCommand.Check.class})
final class AclCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().getErr().println("dunlin: say what to do: dunlin acl explain or dunlin acl check");
        }
        return Main.FAILED;
    }

    /** Which configuration is meant. */
    abstract static class OnRights implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Override
        public Integer call() {
            CommandLine command = commandLine();
            PrintWriter err = command.getErr();
            Optional<Bound<ServerConfig>> bound = ConfigCommand.load(options.sources(List.of()), err);
            if (bound.isEmpty()) {
                return Main.FAILED;
            }
            ServerConfig config = bound.get().value();
            try {
                UserStore users = Security.storedUsers(config);
                AccessChain chain = Rights.of(config, users, List.of(), false, Clock.system());
                return run(config, users.snapshot(), chain, command.getOut());
            } catch (StartFailed e) {
                err.println("dunlin: " + e.getMessage());
                return Main.FAILED;
            }
        }

        /**
         * Returns the exit code.
         *
         * @param users those of the data folder, none where it has none
         */
        abstract int run(ServerConfig config, UserBase users, AccessChain chain, PrintWriter out);

        CommandLine commandLine() {
            CommandSpec command = spec;
            if (command == null) {
                throw new IllegalStateException("used outside a command");
            }
            return command.commandLine();
        }

        ParameterException wrong(String message) {
            return new ParameterException(commandLine(), message);
        }
    }

    /** {@code dunlin acl check}. */
    @Command(
            name = "check",
            description = {
                "Looks for rules that are hardly meant: that never decide, or give everybody everything, and for names of"
                        + " roles, groups and listeners that nobody knows.",
                "Exit code 0 where there is nothing to say, 2 where there is."
            })
    static final class Check extends OnRights {
        private static final int FOUND = 2;

        @Override
        int run(ServerConfig config, UserBase users, AccessChain chain, PrintWriter out) {
            List<String> findings = new ArrayList<>();
            RuleFinding.of(config.authorization().toRules()).forEach(finding -> findings.add(finding.toString()));
            new TreeMap<>(config.authorization().rulesOfRoles())
                    .forEach((role, rules) ->
                            RuleFinding.of(rules).forEach(finding -> findings.add(finding.toString())));
            findings.addAll(names(config));
            findings.forEach(out::println);
            if (findings.isEmpty()) {
                out.println("OK: " + chain.uses().size() + " rules");
            }
            return findings.isEmpty() ? Main.OK : FOUND;
        }

        /** Names in rules that mean nothing here; roles and groups may come with logins, listeners may not. */
        private static List<String> names(ServerConfig config) {
            List<String> findings = new ArrayList<>();
            Map<String, List<Rule>> roles = config.authorization().rulesOfRoles();
            List<Rule> all = new ArrayList<>(config.authorization().toRules());
            new TreeMap<>(roles).values().forEach(all::addAll);
            for (Rule rule : all) {
                for (String listener : new TreeSet<>(rule.who().listeners())) {
                    if (!config.listeners().containsKey(listener)) {
                        findings.add(rule.origin() + ": there is no listener " + listener + "; known are "
                                + String.join(", ", config.listeners().keySet()));
                    }
                }
            }
            new TreeMap<>(config.authorization().rolesOfGroups()).forEach((group, given) -> {
                for (String role : new TreeSet<>(given)) {
                    if (!roles.containsKey(role)) {
                        findings.add("group " + group + ": the role " + role
                                + " has no rules in the configuration; it does nothing unless the store has it");
                    }
                }
            });
            return findings;
        }
    }

    /** What a client could want to do. */
    enum Wanted {
        PUBLISH,
        SUBSCRIBE,
        RECEIVE
    }

    /** {@code dunlin acl explain}. */
    @Command(
            name = "explain",
            description = {
                "Says whether a client may do something, which rule decides, and why the others that come near do not.",
                "Exit code 0 where it is allowed, 2 where it is denied."
            })
    static final class Explain extends OnRights {
        private static final int DENIED = 2;

        @Parameters(index = "0", paramLabel = "ACTION", description = "publish, subscribe or receive.")
        private Wanted wanted = Wanted.PUBLISH;

        @Parameters(index = "1", paramLabel = "TOPIC", description = "The topic, or the filter of a subscription.")
        private String topic = "";

        @Option(names = "--client", paramLabel = "ID", required = true, description = "The client id.")
        private String client = "";

        @Option(names = "--user", paramLabel = "NAME", description = "The user name; none for an anonymous client.")
        private @Nullable String user;

        @Option(names = "--role", description = "A role that the login gives. Repeatable.")
        private List<String> roles = new ArrayList<>();

        @Option(names = "--group", description = "A group that the login gives. Repeatable.")
        private List<String> groups = new ArrayList<>();

        @Option(names = "--address", description = "The client's address.")
        private @Nullable String address;

        @Option(names = "--listener", description = "The listener through which it came; the first without it.")
        private @Nullable String listener;

        @Option(
                names = "--attribute",
                paramLabel = "NAME=VALUE",
                description = "What the login knows of the client, such as cert.cn=line-7. Repeatable.")
        private Map<String, String> attributes = new LinkedHashMap<>();

        @Option(
                names = {"-q", "--qos"},
                description = "Quality of service of the message or subscription: 0, 1 or 2.")
        private int qos;

        @Option(
                names = {"-r", "--retain"},
                description = "The message is to be retained.")
        private boolean retain;

        @Override
        int run(ServerConfig config, UserBase users, AccessChain chain, PrintWriter out) {
            Action action = action();
            String asked = checked(action);
            Principal principal = new Principal(client, user, login(config, users));
            Explanation explanation = chain.explain(principal, action, asked)
                    .toCompletableFuture()
                    .join();
            explanation.lines().forEach(out::println);
            return explanation.allowed() ? Main.OK : DENIED;
        }

        private Action action() {
            if (qos < 0 || qos > 2) {
                throw wrong("-q " + qos + " does not fit: expected is 0, 1 or 2");
            }
            QoS level = QoS.values()[qos];
            return switch (wanted) {
                case PUBLISH -> Action.publish(level, retain);
                case SUBSCRIBE -> Action.subscribe(level);
                case RECEIVE -> Action.RECEIVE;
            };
        }

        /** The topic, or the filter without a share name. */
        private String checked(Action action) {
            try {
                return switch (action.kind()) {
                    case SUBSCRIBE -> TopicFilter.of(topic).filter();
                    case PUBLISH, RECEIVE -> TopicName.of(topic).toString();
                };
            } catch (InvalidTopic e) {
                throw wrong("\"" + topic + "\" cannot be asked about: " + e.getMessage());
            }
        }

        /** With what the store has of the user, and what the options say. */
        private Login login(ServerConfig config, UserBase users) {
            String through =
                    listener == null ? config.listeners().keySet().iterator().next() : listener;
            if (!config.listeners().containsKey(through)) {
                throw wrong("there is no listener " + through + ": known are "
                        + String.join(", ", config.listeners().keySet()));
            }
            Set<String> allRoles = new HashSet<>(roles);
            Set<String> allGroups = new HashSet<>(groups);
            UserBase.User stored = user == null ? null : users.users().get(user);
            if (stored != null && config.authentication().builtIn()) {
                allRoles.addAll(stored.roles());
                allGroups.addAll(stored.groups());
            }
            return Login.of("acl explain")
                    .withRoles(allRoles, allGroups)
                    .withAttributes(attributes)
                    .at(through, peer());
        }

        private @Nullable InetSocketAddress peer() {
            String literal = address;
            if (literal == null) {
                return null;
            }
            try {
                return new InetSocketAddress(InetAddress.ofLiteral(literal), 0);
            } catch (IllegalArgumentException e) {
                throw wrong("--address " + literal + " is no address: expected is one such as 192.0.2.7 or ::1");
            }
        }
    }
}
