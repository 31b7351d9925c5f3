package io.dunlin.server;

import io.dunlin.server.control.Addresses;
import io.dunlin.server.control.CommandFailed;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which clients or sessions are meant, as options. */
final class SessionOptions {
    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Only those of this user.")
    private @Nullable String user;

    @Option(names = "--like", paramLabel = "TEXT", description = "Only those with this text in their client id.")
    private @Nullable String like;

    @Option(names = "--like-user", paramLabel = "TEXT", description = "Only those with this text in their user name.")
    private @Nullable String likeUser;

    @Option(names = "--mqtt", paramLabel = "VERSION", description = "Only those that speak 3.1, 3.1.1 or 5.0.")
    private @Nullable String version;

    @Option(names = "--address", paramLabel = "ADDRESS", description = "Only those from this address.")
    private @Nullable String address;

    @Option(names = "--listener", paramLabel = "NAME", description = "Only those of this listener.")
    private @Nullable String listener;

    /** As the broker's commands call them; may be added to. */
    Map<String, Object> arguments() {
        Map<String, Object> arguments = new HashMap<>();
        ClientsCommand.putIfThere(arguments, "username", user);
        ClientsCommand.putIfThere(arguments, "like_clientid", like);
        ClientsCommand.putIfThere(arguments, "like_username", likeUser);
        if (version != null) {
            arguments.put("proto_ver", level(version));
        }
        ClientsCommand.putIfThere(arguments, "ip_address", address == null ? null : Addresses.of(address));
        ClientsCommand.putIfThere(arguments, "listener", listener);
        return arguments;
    }

    private static int level(String version) {
        return switch (version) {
            case "3.1" -> 3;
            case "3.1.1" -> 4;
            case "5", "5.0" -> 5;
            default -> throw new CommandFailed("--mqtt " + version + " is none: expected is 3.1, 3.1.1 or 5.0");
        };
    }
}
