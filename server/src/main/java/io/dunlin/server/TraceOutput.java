package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** How the packets of a trace are printed, and the file that they are written to. */
final class TraceOutput {
    private static final int HEX_CHARACTERS = 64;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write them to FILE.json or FILE.pcapng too, which its owner alone may read.")
    private @Nullable Path file;

    @Option(names = "--hex", description = "Print the bytes of each packet too, at most 4096.")
    private boolean hex;

    /** Before the trace, so that it is not in vain where the file cannot be written. */
    void prepare() {
        if (file == null) {
            return;
        }
        format(file);
        try {
            Set<PosixFilePermission> owners = PosixFilePermissions.fromString("rw-------");
            if (!Files.exists(file)) { // payloads are nobody else's business
                Files.createFile(file, PosixFilePermissions.asFileAttribute(owners));
            } else if (!Files.isRegularFile(file) || !Files.isWritable(file)) {
                throw new CommandFailed(file + " cannot be written: take another name");
            } else {
                Files.setPosixFilePermissions(file, owners);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new CommandFailed(file + " cannot be made: its folder must be there and yours to write in");
        }
    }

    private static String format(Path file) {
        String name = file.toString();
        if (name.endsWith(".json")) {
            return "json";
        }
        if (name.endsWith(".pcapng")) {
            return "pcapng";
        }
        throw new CommandFailed(name + " is no file for a trace: its name must end with .json or .pcapng");
    }

    void print(JsonNode packet, boolean json, PrintWriter out) {
        if (json) {
            out.println(packet);
            return;
        }
        String id = packet.path("clientid").asString();
        String line = WhyCommand.time(packet.path("at").asString()) + " "
                + (id.isEmpty() ? packet.path("ip_address").asString() : id)
                + ("in".equals(packet.path("direction").asString()) ? " -> " : " <- ")
                + packet.path("packet").asString() + " "
                + packet.path("summary").asString();
        out.println(TextTable.clean(line).stripTrailing());
        if (hex) {
            String bytes = packet.path("hex").asString();
            for (int i = 0; i < bytes.length(); i += HEX_CHARACTERS) {
                String part = bytes.substring(i, Math.min(bytes.length(), i + HEX_CHARACTERS));
                out.println("    " + part.replaceAll("(..)", "$1 ").stripTrailing());
            }
            if (bytes.length() < 2 * packet.path("length").asInt()) {
                out.println("    ...");
            }
        }
    }

    /** Says what is missing, and writes the file, over a connection of its own. */
    void finish(ControlClient broker, RunningBroker running, String name, PrintWriter err) {
        long missing =
                broker.call("trace.show", Map.of("name", name)).path("dropped").asLong();
        if (missing > 0) {
            err.println("dunlin: " + missing + " bytes came faster than they could be looked at, and are missing");
        }
        if (file == null) {
            return;
        }
        try (OutputStream out = Files.newOutputStream(file);
                ControlClient connection = running.connect().orElseThrow(running::nobody)) {
            connection.download("trace.download", Map.of("name", name, "format", format(file)), out);
        } catch (IOException e) {
            throw new CommandFailed(file + " cannot be written: " + e.getMessage());
        } catch (CommandFailed e) {
            throw new CommandFailed(file + " is not whole: " + e.sentence());
        }
        err.println("dunlin: wrote " + file);
    }
}
