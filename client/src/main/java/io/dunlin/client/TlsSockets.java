package io.dunlin.client;

import io.dunlin.client.transport.TlsContexts;
import io.dunlin.client.transport.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Lays TLS over a connected socket with the JDK's own engine. */
final class TlsSockets {
    private TlsSockets() {}

    /** Does the handshake. The socket is the caller's to close when this fails. */
    static SSLSocket wrap(Socket socket, String host, int port, TlsOptions options) throws IOException {
        SSLSocket tls = (SSLSocket) TlsContexts.of(options).getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        if (options.hostnameChecked() && options.certificateChecked()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        String serverName = options.serverName();
        if (serverName != null) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        if (!options.alpn().isEmpty()) {
            parameters.setApplicationProtocols(options.alpn().toArray(new String[0]));
        }
        try {
            if (!options.versions().isEmpty()) {
                parameters.setProtocols(options.versions().toArray(new String[0]));
            }
            if (!options.ciphers().isEmpty()) {
                parameters.setCipherSuites(options.ciphers().toArray(new String[0]));
            }
            tls.setSSLParameters(parameters);
        } catch (IllegalArgumentException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage() + ".", e);
        }
        try {
            tls.startHandshake();
        } catch (SSLException e) {
            throw e;
        } catch (IOException e) { // the other side went away: perhaps it speaks no TLS
            throw new SSLException(
                    "the server ended the handshake (" + e.getMessage() + "), does it speak TLS there?", e);
        }
        return tls;
    }
}
