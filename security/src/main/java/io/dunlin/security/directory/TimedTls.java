package io.dunlin.security.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Puts TLS over one connection that is open already, and bounds the handshake, which JNDI does not. For one connection. */
final class TimedTls extends SSLSocketFactory {
    private final SSLSocketFactory factory;
    private final int timeoutMillis;
    private @Nullable Socket layered;

    TimedTls(SSLSocketFactory factory, int timeoutMillis) {
        this.factory = factory;
        this.timeoutMillis = timeoutMillis;
    }

    /** The handshake is done: from now on JNDI's own time-outs count. */
    void done() throws SocketException {
        if (layered != null) {
            layered.setSoTimeout(0);
        }
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
        Socket socket = factory.createSocket(plain, host, port, autoClose);
        socket.setSoTimeout(timeoutMillis);
        layered = socket;
        return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return factory.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw layersOnly();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw layersOnly();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw layersOnly();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw layersOnly();
    }

    private static IOException layersOnly() {
        return new IOException("TLS begins on a connection that is open");
    }
}
