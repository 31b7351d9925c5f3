package io.dunlin.transport;

import io.dunlin.transport.ListenerConfig.Address;
import java.net.UnknownHostException;
import java.util.Locale;

/** Why a listener cannot open its address, as a sentence. */
final class BindErrors {
    private BindErrors() {}

    static TransportException explain(ListenerConfig config, Throwable thrown) {
        String where =
                switch (config.address()) {
                    case Address.Tcp(String host, int port) -> host + ":" + port;
                    case Address.Unix unix -> unix.path().toString();
                };
        return new TransportException(
                "Listener \"" + config.name() + "\" cannot listen on " + where + ": "
                        + reason(config.address(), thrown),
                thrown);
    }

    private static String reason(Address address, Throwable thrown) {
        String message = Causes.sentence(thrown);
        String lower = message.toLowerCase(Locale.ROOT);
        if (thrown instanceof UnknownHostException) {
            return "the host name is not known; check its spelling, or use an address of this machine, 0.0.0.0 or ::.";
        }
        if (lower.contains("address already in use")) {
            return switch (address) {
                case Address.Tcp tcp -> "the port is in use; stop the program that has it, or choose another port.";
                case Address.Unix unix -> "another program listens there; stop it, or choose another path.";
            };
        }
        if (lower.contains("permission denied")) {
            return switch (address) {
                case Address.Tcp tcp ->
                    "permission denied; ports below 1024 need a privilege, choose one above instead of " + tcp.port()
                            + ".";
                case Address.Unix unix -> "permission denied; check who may write in that directory.";
            };
        }
        if (lower.contains("cannot assign requested address")) {
            return "this machine has no such address; use one of its own, 0.0.0.0 or ::.";
        }
        if (lower.contains("no such file")) {
            return "the directory does not exist; create it, or choose another path.";
        }
        return message + ".";
    }
}
