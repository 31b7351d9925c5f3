package io.dunlin.cli.profile;

import static io.dunlin.cli.args.Opt.Section.OTHER;
import static io.dunlin.cli.args.Opt.flag;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.OptionsFile;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** dunlin profile: keeps the options of a connection under a name, for --profile. */
public final class ProfileCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin profile save NAME [OPTION]...
                   dunlin profile list | show NAME | remove NAME

            Keeps options of a connection under a name; every tool takes them with --profile NAME.
            """;

    private static final String NOTES = """

            A profile is a file below $XDG_CONFIG_HOME/dunlin/profiles (by default ~/.config) that nobody
            else can read. A password is not stored unless --store-password is given: let the profile
            name where it is (--password-file, --password-env), or ask for it (-P -).

            Examples:
              dunlin profile save prod -h broker.example -p 8883 --cafile ca.pem -u me --password-file ~/.mqtt-password
              dunlin sub --profile prod -t 'alarms/#' -v
              dunlin profile show prod
            """;

    @Override
    public String name() {
        return "profile";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(flag(OTHER, "--force", "save: replace a profile of that name"));
        options.add(flag(OTHER, "--store-password", "save: the password of -P, -L or --key-password too, in clear"));
        ConnectOptions.addTo(options);
        return options;
    }

    @Override
    public String notes() {
        return NOTES;
    }

    @Override
    public int operandsMax() {
        return 2;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        List<String> words = args.operands();
        String action = words.isEmpty() ? "" : words.get(0);
        if (action.equals("list") && words.size() == 1) {
            return list(terminal);
        }
        if (words.size() != 2 || !List.of("save", "show", "remove").contains(action)) {
            throw new UsageException("Write 'dunlin profile save NAME OPTIONS', 'list', 'show NAME' or 'remove NAME'.");
        }
        String name = words.get(1);
        Path file = OptionsFile.profileFile(name, terminal.env());
        return switch (action) {
            case "save" -> save(name, file, args, terminal);
            case "show" -> show(name, file, terminal);
            default -> remove(name, file);
        };
    }

    private static int list(Terminal terminal) {
        Path folder = OptionsFile.profileFile("x", terminal.env()).resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return ExitCode.OK;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName() + "\n")
                    .sorted()
                    .toList();
            return print(String.join("", names), terminal);
        } catch (IOException e) {
            throw failed("The folder " + folder + " cannot be read", e);
        }
    }

    private static int save(String name, Path file, Args args, Terminal terminal) {
        if (Files.exists(file) && !args.has("--force")) {
            throw new UsageException("There is a profile '" + name + "' already: --force replaces it.");
        }
        boolean store = args.has("--store-password");
        StringBuilder lines = new StringBuilder();
        for (List<String> words : args.given()) {
            String option = words.get(0);
            if (option.equals("--force") || option.equals("--store-password")) {
                continue;
            }
            if (!store && holdsSecret(words)) {
                throw new UsageException("A password is not stored: give --password-file, --password-env or -P - (asks)"
                        + " instead, or --store-password to keep it in clear.");
            }
            lines.append(OptionsFile.line(words)).append('\n');
        }
        if (lines.isEmpty()) {
            throw new UsageException("There is nothing to save: give options of a connection, for instance -h broker.");
        }
        try {
            OptionsFile.writePrivate(file, lines.toString());
        } catch (IOException e) {
            throw failed("The profile cannot be written to " + file, e);
        }
        terminal.err().println("Saved " + file);
        return ExitCode.OK;
    }

    private static boolean holdsSecret(List<String> words) {
        String option = words.get(0);
        String value = words.size() > 1 ? words.get(1) : "";
        return switch (option) {
            case "-P", "--key-password" -> !value.equals("-");
            case "-L" -> value.matches("[a-z]+://[^/@]*:[^/]*@.*");
            case "--proxy" -> value.contains("@");
            default -> false;
        };
    }

    private static int show(String name, Path file, Terminal terminal) {
        StringBuilder text = new StringBuilder();
        for (String line : lines(name, file)) {
            text.append(line.replaceFirst("^(-P|--key-password) .*", "$1 (stored)"))
                    .append('\n');
        }
        return print(text.toString(), terminal);
    }

    private static List<String> lines(String name, Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UsageException(
                    "There is no profile '" + name + "': 'dunlin profile list' shows those there are.");
        }
    }

    private static int remove(String name, Path file) {
        lines(name, file);
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw failed("The profile cannot be removed: " + file, e);
        }
        return ExitCode.OK;
    }

    private static CommandFailed failed(String what, IOException e) {
        return new CommandFailed(what + ": " + e.getMessage() + ".", ExitCode.ERROR);
    }

    private static int print(String text, Terminal terminal) {
        try {
            terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
            terminal.out().flush();
        } catch (IOException e) {
            return ExitCode.ERROR;
        }
        return ExitCode.OK;
    }
}
