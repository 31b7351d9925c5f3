package io.dunlin.server;

import io.dunlin.security.certificate.CertificateFolderProblem;
import io.dunlin.security.certificate.DevelopmentAuthority;
import io.dunlin.security.certificate.DevelopmentAuthority.Entry;
import io.dunlin.security.certificate.DevelopmentAuthority.Terms;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.CertificateRow;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin certs}: an authority of one's own, and a look at the certificates in use. */
@Command(
        name = "certs",
        description = "Makes certificates for development and small sites, revokes them, and says when they end.",
        synopsisSubcommandLabel = "(init | server | client | revoke | list | check)",
        subcommands = {
            CertsCommand.Init.class,
            CertsCommand.ForServer.class,
            CertsCommand.ForClient.class,
            CertsCommand.Revoke.class,
            CertsCommand.Show.class,
            CertsCommand.Check.class
        })
final class CertsCommand implements Callable<Integer> {
    private static final String SERVER = "server";
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine()
                    .getErr()
                    .println("dunlin: say what to do: dunlin certs init, server, client, revoke, list or check");
        }
        return Main.FAILED;
    }

    /** A command that prints; a problem is one line on standard error. */
    abstract static class Printing implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        final CommandSpec spec() {
            if (spec == null) {
                throw new IllegalStateException("used outside a command");
            }
            return spec;
        }

        @Override
        public Integer call() {
            try {
                return run(spec().commandLine().getOut());
            } catch (CertificateFolderProblem e) {
                spec().commandLine().getErr().println("dunlin: " + e.getMessage());
                return Main.FAILED;
            }
        }

        /** Returns the exit code. */
        abstract int run(PrintWriter out) throws CertificateFolderProblem;
    }

    /** A command on a folder of certificates. */
    abstract static class OnFolder extends Printing {
        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                defaultValue = "certs",
                description = "The folder (default ${DEFAULT-VALUE}).")
        private Path folder = Path.of("certs");

        final Path folder() {
            return folder;
        }
    }

    /** A command that makes keys. */
    abstract static class Making extends OnFolder {
        @Option(names = "--days", paramLabel = "N", description = "Days that it holds.")
        private @Nullable Integer days;

        @Option(names = "--force", description = "Write over a key that is there already.")
        private boolean force;

        final Terms terms(int byDefault) {
            return new Terms(Numbers.atLeast(1, days == null ? byDefault : days, "number of days", spec()), force);
        }
    }

    private static final int AUTHORITY_DAYS = 3650;
    private static final int SERVER_DAYS = 397;
    private static final int CLIENT_DAYS = 825;

    private static void made(PrintWriter out, DevelopmentAuthority authority, Entry entry) {
        out.println(entry.kind().name().toLowerCase(Locale.ROOT) + " " + entry.name() + ": "
                + authority.certificateFile(entry.name()) + ", " + authority.keyFile(entry.name()) + ", until "
                + entry.end().truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10)
                + (entry.names().isEmpty() ? "" : ", for " + String.join(" ", entry.names())));
    }

    /** {@code dunlin certs init}. */
    @Command(
            name = "init",
            description = "Makes an authority, a server's and a client's certificate, and says what to write into the"
                    + " configuration.")
    static final class Init extends Making {
        @Parameters(
                arity = "0..*",
                paramLabel = "HOST",
                description = "Host names and addresses of the server besides localhost, 127.0.0.1 and ::1.")
        private List<String> hosts = List.of();

        @Option(
                names = "--client",
                paramLabel = "NAME",
                defaultValue = "client",
                description = "Name of the client (default ${DEFAULT-VALUE}).")
        private String client = "client";

        @Override
        int run(PrintWriter out) throws CertificateFolderProblem {
            DevelopmentAuthority authority =
                    DevelopmentAuthority.create(folder(), "Dunlin development authority", terms(AUTHORITY_DAYS));
            Set<String> names = new LinkedHashSet<>(hosts);
            names.addAll(LOCAL);
            made(out, authority, authority.list().getFirst());
            made(out, authority, authority.server(SERVER, List.copyOf(names), terms(SERVER_DAYS)));
            made(out, authority, authority.client(client, terms(CLIENT_DAYS)));
            Path at = folder().toAbsolutePath().normalize();
            out.println();
            out.println("For the configuration of the broker (keep " + authority.keyFile("ca") + " elsewhere):");
            out.println();
            out.println("listeners.tls {");
            out.println("  type = tls, bind = \"*:8883\"");
            out.println("  tls {");
            out.println("    certfile = \"" + at.resolve("server.pem") + "\"");
            out.println("    keyfile = \"" + at.resolve("server.key") + "\"");
            out.println("    cafile = \"" + at.resolve("ca.pem") + "\"");
            out.println("    crlfile = \"" + at.resolve("crl.pem") + "\"");
            out.println("    require-certificate = true");
            out.println("  }");
            out.println("}");
            out.println("authentication.certificate { username = cn }");
            out.println();
            out.println("And a client: dunlin pub --cafile " + at.resolve("ca.pem") + " --cert "
                    + at.resolve(client + ".pem") + " --key " + at.resolve(client + ".key") + " -p 8883 -t a -m b");
            return Main.OK;
        }
    }

    /** {@code dunlin certs server}. */
    @Command(name = SERVER, description = "Makes a certificate of a server.")
    static final class ForServer extends Making {
        @Parameters(
                arity = "1..*",
                paramLabel = "NAME",
                description = "Host names and addresses; the files are named after the first.")
        private List<String> names = List.of();

        @Override
        int run(PrintWriter out) throws CertificateFolderProblem {
            DevelopmentAuthority authority = DevelopmentAuthority.open(folder());
            made(out, authority, authority.server(names.getFirst(), names, terms(SERVER_DAYS)));
            return Main.OK;
        }
    }

    /** {@code dunlin certs client}. */
    @Command(
            name = "client",
            description = "Makes a certificate of a client. Its name is the common name: the user name in the broker.")
    static final class ForClient extends Making {
        @Parameters(paramLabel = "NAME", description = "The name.")
        private String name = "";

        @Override
        int run(PrintWriter out) throws CertificateFolderProblem {
            DevelopmentAuthority authority = DevelopmentAuthority.open(folder());
            made(out, authority, authority.client(name, terms(CLIENT_DAYS)));
            return Main.OK;
        }
    }

    /** {@code dunlin certs revoke}. */
    @Command(
            name = "revoke",
            description =
                    "Puts a certificate onto the revocation list crl.pem. A broker that watches the file disconnects its"
                            + " client within seconds.")
    static final class Revoke extends OnFolder {
        @Parameters(paramLabel = "NAME", description = "As list shows it.")
        private String name = "";

        @Override
        int run(PrintWriter out) throws CertificateFolderProblem {
            DevelopmentAuthority authority = DevelopmentAuthority.open(folder());
            authority.revoke(name);
            out.println("revoked " + name + ": " + authority.certificateFile("crl"));
            return Main.OK;
        }
    }

    /** {@code dunlin certs list}. */
    @Command(name = "list", description = "Says what there is, and until when.")
    static final class Show extends OnFolder {
        @Option(names = "--json", description = "One JSON object a line.")
        private boolean json;

        @Override
        int run(PrintWriter out) throws CertificateFolderProblem {
            Instant now = Instant.now();
            List<Entry> all = DevelopmentAuthority.open(folder()).list();
            if (!json) {
                out.printf("%-24s %-10s %-20s %6s  %s%n", "NAME", "KIND", "UNTIL", "DAYS", "STATE");
            }
            for (Entry one : all) {
                long days = CertificateRow.days(now, one.end());
                String state = one.revoked().isPresent() ? "revoked" : one.end().isBefore(now) ? "ended" : "good";
                String kind = one.kind().name().toLowerCase(Locale.ROOT);
                if (json) {
                    out.println("{\"name\":\"" + one.name() + "\",\"kind\":\"" + kind + "\",\"until\":\"" + one.end()
                            + "\",\"days\":" + days + ",\"state\":\"" + state + "\"}");
                } else {
                    out.printf("%-24s %-10s %-20s %6d  %s%n", one.name(), kind, one.end(), days, state);
                }
            }
            return Main.OK;
        }
    }

    /** {@code dunlin certs check}. */
    @Command(
            name = "check",
            description =
                    "Reads the TLS files of a configuration as the broker would, and says when they end. Exit code 1"
                            + " where one cannot be used or has ended.")
    static final class Check extends Printing {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Parameters(arity = "0..1", paramLabel = "CONFIG", description = "The configuration file.")
        private @Nullable Path file;

        @Override
        int run(PrintWriter out) {
            ConfigSources sources = options.sources(Optional.ofNullable(file).or(options::file), List.of());
            Optional<Bound<ServerConfig>> bound =
                    ConfigCommand.load(sources, spec().commandLine().getErr());
            if (bound.isEmpty()) {
                return Main.FAILED;
            }
            ConfiguredTls tls = ConfiguredTls.of(bound.get().value());
            Instant now = Instant.now();
            tls.dated()
                    .forEach(one -> out.println(one.place() + ": " + one.what() + " until " + one.end() + ", "
                            + CertificateRow.days(now, one.end()) + " days"));
            PrintWriter err = spec().commandLine().getErr();
            List<ConfiguredTls.Dated> ended = tls.ended(now);
            ended.forEach(one -> err.println("dunlin: " + one.ended()));
            tls.unusable().forEach(sentence -> err.println("dunlin: " + sentence));
            return ended.isEmpty() && tls.unusable().isEmpty() ? Main.OK : Main.FAILED;
        }
    }
}
