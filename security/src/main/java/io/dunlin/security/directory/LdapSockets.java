package io.dunlin.security.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import javax.net.SocketFactory;

/**
 * What JNDI takes its sockets from. It asks by the name of the class; the factory meant is found through the thread that opens a
 * connection, and at no other time: so JNDI can neither open a connection again by itself, perhaps without TLS, nor follow a referral.
 */
public final class LdapSockets extends SocketFactory {
    private static final ScopedValue<SocketFactory> CURRENT = ScopedValue.newInstance();

    private final SocketFactory factory;

    private LdapSockets(SocketFactory factory) {
        this.factory = factory;
    }

    /** Called by JNDI. */
    public static SocketFactory getDefault() {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("the connection to the directory is closed");
        }
        return new LdapSockets(CURRENT.get());
    }

    /** Opens a connection whose socket comes from this factory. */
    static <T> T with(SocketFactory factory, Callable<T> open) throws Exception {
        return ScopedValue.where(CURRENT, factory).call(open::call);
    }

    @Override
    public Socket createSocket() throws IOException {
        return factory.createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return factory.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return factory.createSocket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return factory.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return factory.createSocket(address, port, localAddress, localPort);
    }
}
