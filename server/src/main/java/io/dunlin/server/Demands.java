package io.dunlin.server;

import io.dunlin.transport.ListenerConfig;
import io.dunlin.transport.ListenerConfig.Address;
import io.dunlin.transport.TlsConfig;
import io.dunlin.transport.TlsConfig.ClientCertificate;
import java.util.List;

/**
 * What a listener demands of connections, as far as those that are there cannot be held against it later.
 *
 * @param transport as {@link ListenerConfig#transport} has it
 * @param host who can reach it
 * @param certificate whether each client shows one
 * @param protocols of TLS; empty without
 * @param ciphers empty for any
 */
record Demands(String transport, String host, boolean certificate, List<String> protocols, List<String> ciphers) {
    static Demands of(ListenerConfig config) {
        String host =
                switch (config.address()) {
                    case Address.Tcp tcp -> tcp.host();
                    case Address.Unix unix -> unix.path() + " " + unix.mode();
                };
        TlsConfig tls = config.tls();
        return tls == null
                ? new Demands(config.transport(), host, false, List.of(), List.of())
                : new Demands(
                        config.transport(),
                        host,
                        tls.clientCertificate() == ClientCertificate.REQUIRED,
                        tls.protocols(),
                        tls.ciphers());
    }

    /** Whether connections that came in by these may stay. */
    boolean letStay(Demands earlier) {
        return transport.equals(earlier.transport)
                && host.equals(earlier.host)
                && (earlier.certificate || !certificate)
                && protocols.containsAll(earlier.protocols)
                && (ciphers.isEmpty() || ciphers.equals(earlier.ciphers));
    }
}
