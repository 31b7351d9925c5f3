package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A command that asks a running broker something or has it change something: what all of them share. */
abstract class Administers implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private RunningBroker broker = new RunningBroker();

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    private boolean json;

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (CommandFailed e) {
            err().println("dunlin: " + e.sentence());
            return Main.FAILED;
        }
    }

    /** Returns the exit code. */
    abstract int run();

    RunningBroker broker() {
        return broker;
    }

    boolean isJson() {
        return json;
    }

    CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used outside a command");
        }
        return spec;
    }

    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    PrintWriter err() {
        return spec().commandLine().getErr();
    }

    /** Asks the broker; the answer was printed already where JSON is wanted, and is empty then. */
    Optional<JsonNode> ask(String command, Map<String, ?> arguments) {
        return shown(broker.call(command, arguments));
    }

    /** Prints an answer where JSON is wanted; empty then. */
    Optional<JsonNode> shown(JsonNode answer) {
        if (json) {
            out().println(pretty(answer));
            return Optional.empty();
        }
        return Optional.of(answer);
    }

    static String pretty(Object value) {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(value);
    }

    void print(TextTable table, String none) {
        if (table.isEmpty()) {
            out().println(none);
        } else {
            table.lines().forEach(out()::println);
        }
    }

    /** The JDK says no console or one that is no terminal, by its version. */
    static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }
}
