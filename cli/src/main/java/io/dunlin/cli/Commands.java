package io.dunlin.cli;

import io.dunlin.cli.args.Command;
import io.dunlin.cli.bench.BenchCommand;
import io.dunlin.cli.probe.TestCommand;
import io.dunlin.cli.profile.ProfileCommand;
import io.dunlin.cli.pubsub.PubCommand;
import io.dunlin.cli.pubsub.RrCommand;
import io.dunlin.cli.pubsub.SubCommand;
import io.dunlin.cli.shell.ShellCommand;
import io.dunlin.cli.simulate.DemoCommand;
import io.dunlin.cli.simulate.SimulateCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of this program. A command's classes are loaded when it is asked for, not before: starting is what costs. */
final class Commands {
    /** Those with options of their own here, for the completion. */
    static final List<String> NAMES =
            List.of("pub", "sub", "rr", "bench", "test", "profile", "simulate", "demo", "shell");

    /** Those that the broker brings. */
    static final List<String> BROKER_NAMES = List.of(
            "broker",
            "config",
            "import",
            "console",
            "store",
            "backup",
            "restore",
            "acl",
            "passwd",
            "certs",
            "audit",
            "ban",
            "clients",
            "sessions",
            "retained",
            "top",
            "topics",
            "listeners",
            "reload",
            "security",
            "status",
            "stats",
            "history",
            "alarms",
            "log",
            "why",
            "trace",
            "users",
            "groups",
            "roles");

    private Commands() {}

    /** The command of this name, or null. */
    static @Nullable Command find(String name) {
        return switch (name) {
            case "pub", "publish" -> new PubCommand();
            case "sub", "subscribe" -> new SubCommand();
            case "rr", "request" -> new RrCommand();
            case "test" -> new TestCommand();
            case "bench" -> new BenchCommand();
            case "profile" -> new ProfileCommand();
            case "simulate" -> new SimulateCommand();
            case "demo" -> new DemoCommand();
            case "shell" -> new ShellCommand();
            default -> null;
        };
    }
}
