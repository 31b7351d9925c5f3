package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Opens a byte stream to an endpoint, TLS and WebSocket included. */
final class Opener {
    private Opener() {}

    /** @throws ConnectFailed with a sentence that names the endpoint and says what to do */
    static ByteStream open(Endpoint endpoint, ClientOptions.Network network, String subProtocol, int timeoutMillis) {
        try {
            return endpoint.transport() == Endpoint.Transport.UNIX
                    ? UnixStream.open(Path.of(endpoint.host()))
                    : openSocket(endpoint, network, subProtocol, timeoutMillis);
        } catch (IOException e) {
            throw new ConnectFailed(sentence(endpoint, e), e);
        }
    }

    private static ByteStream openSocket(
            Endpoint endpoint, ClientOptions.Network network, String subProtocol, int timeoutMillis)
            throws IOException {
        Socket socket = connect(endpoint, network, timeoutMillis);
        boolean done = false;
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            Socket carried = endpoint.transport().isTls()
                    ? TlsSockets.wrap(socket, endpoint.host(), endpoint.port(), network.tls())
                    : socket;
            ByteStream stream = new SocketStream(carried);
            if (endpoint.transport().isWebSocket()) {
                stream = WebSocketStream.open(
                        stream, hostHeader(endpoint), endpoint.path(), subProtocol, network.webSocketHeaders());
            }
            socket.setSoTimeout(0); // the wait for CONNACK has its own bound
            done = true;
            return stream;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    /** Connects to the first address of the host that answers. */
    private static Socket connect(Endpoint endpoint, ClientOptions.Network network, int timeoutMillis)
            throws IOException {
        Proxy proxy = network.proxy();
        if (proxy != null) { // it looks the name up
            return connect(
                    InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()),
                    proxy,
                    network.bind(),
                    timeoutMillis);
        }
        IOException last = new UnknownHostException(endpoint.host());
        for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
            try {
                return connect(
                        new InetSocketAddress(address, endpoint.port()), Proxy.NO_PROXY, network.bind(), timeoutMillis);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Socket connect(
            InetSocketAddress address, Proxy proxy, @Nullable InetSocketAddress bind, int timeoutMillis)
            throws IOException {
        Socket socket = new Socket(proxy);
        boolean done = false;
        try {
            if (bind != null) {
                socket.bind(bind);
            }
            socket.connect(address, timeoutMillis);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static String hostHeader(Endpoint endpoint) {
        String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        return endpoint.port() == endpoint.transport().defaultPort() ? host : host + ":" + endpoint.port();
    }

    private static String sentence(Endpoint endpoint, IOException e) {
        if (e instanceof UnknownHostException) {
            return "The host " + endpoint.host() + " is not known: check its name.";
        }
        if (e instanceof SocketTimeoutException) {
            return "The server " + endpoint + " did not answer in time.";
        }
        if (e instanceof ConnectException && endpoint.transport() != Endpoint.Transport.UNIX) {
            return "Connection refused by " + endpoint + ": is the broker running there?";
        }
        if (e instanceof SSLHandshakeException && isTrust(e)) {
            return "The certificate of " + endpoint + " is not trusted: name its authority with --cafile ("
                    + e.getMessage() + ").";
        }
        if (e instanceof SSLException) {
            return "TLS to " + endpoint + " failed: " + e.getMessage()
                    + (String.valueOf(e.getMessage()).endsWith("?") ? "" : ".");
        }
        String message = String.valueOf(e.getMessage());
        return message.endsWith(".") ? message : "No connection to " + endpoint + ": " + message + ".";
    }

    private static boolean isTrust(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof java.security.cert.CertificateException
                    || t instanceof java.security.cert.CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }
}
