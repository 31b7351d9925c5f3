package io.dunlin.client.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** One channel on its way to being open: finds the addresses, connects, and builds the stages over the socket. */
final class Opening implements Connector.Pending, Channel.Listener, Dialer.Outcome {
    private final Endpoint endpoint;
    private final NetworkOptions network;
    private final String subProtocol;
    private final EventLoop loop;
    private final Channel.Listener listener;

    // for the loop's thread
    private boolean done;
    private @Nullable Timer timer;
    private @Nullable SSLContext context;
    private @Nullable Dialer dialer;
    private @Nullable SocketPipe socket;

    Opening(Endpoint endpoint, NetworkOptions network, String subProtocol, EventLoop loop, Channel.Listener listener) {
        this.endpoint = endpoint;
        this.network = network;
        this.subProtocol = subProtocol;
        this.loop = loop;
        this.listener = listener;
    }

    void start(long timeoutNanos) {
        if (!done) {
            timer = loop.schedule(timeoutNanos, () -> end(new SocketTimeoutException("too late")));
            Helpers.WAITING.execute(this::prepare);
        }
    }

    @Override
    public void cancel() {
        loop.execute(() -> end(null));
    }

    /** What blocks, on a helper's thread: names, files, and the connection over a unix socket. */
    private void prepare() {
        try {
            if (endpoint.transport() == Endpoint.Transport.UNIX) {
                SocketChannel opened = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(endpoint.host())));
                opened.configureBlocking(false);
                loop.execute(() -> onConnected(opened));
                return;
            }
            SSLContext made = endpoint.transport().isTls() ? TlsContexts.cached(network.tls()) : null;
            List<InetSocketAddress> addresses = addresses();
            loop.execute(() -> {
                context = made;
                dial(addresses);
            });
        } catch (IOException e) {
            loop.execute(() -> end(e));
        } catch (RuntimeException e) {
            loop.execute(() -> end(new IOException(String.valueOf(e.getMessage()), e)));
        }
    }

    private List<InetSocketAddress> addresses() throws UnknownHostException {
        ProxyOptions proxy = network.proxy();
        int port = proxy == null ? endpoint.port() : proxy.port();
        List<InetSocketAddress> found = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(proxy == null ? endpoint.host() : proxy.host())) {
            found.add(new InetSocketAddress(address, port));
        }
        return found;
    }

    private void dial(List<InetSocketAddress> addresses) {
        if (!done) {
            Dialer started = new Dialer(loop, network, addresses, this);
            dialer = started;
            started.next();
        }
    }

    @Override
    public void onFailed(IOException last) {
        end(last);
    }

    @Override
    public void onConnected(SocketChannel connected) {
        SocketPipe pipe = new SocketPipe(loop, connected, this);
        if (done) {
            pipe.close();
            return;
        }
        dialer = null;
        socket = pipe;
        try {
            pipe.upper(stages());
        } catch (IOException e) {
            end(e);
            return;
        }
        pipe.start();
    }

    /** The lowest stage over the socket. */
    private Channel.Listener stages() throws IOException {
        Channel.Listener top = this;
        if (endpoint.transport().isWebSocket()) {
            top = new WebSocketLayer(loop, top, endpoint, subProtocol, network.webSocketHeaders());
        }
        SSLContext tls = context;
        if (tls != null) {
            top = new TlsLayer(loop, top, TlsContexts.engine(tls, endpoint.host(), endpoint.port(), network.tls()));
        }
        ProxyOptions proxy = network.proxy();
        if (proxy == null || endpoint.transport() == Endpoint.Transport.UNIX) {
            return top;
        }
        return switch (proxy.kind()) {
            case HTTP -> new HttpProxyLayer(loop, top, proxy, endpoint);
            case SOCKS5 -> new Socks5Layer(loop, top, proxy, endpoint);
        };
    }

    @Override
    public void onOpen(Channel channel) {
        if (done) {
            return;
        }
        done = true;
        stopTimer();
        ((Pipe) channel).upper(listener);
        listener.onOpen(channel);
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        bytes.position(bytes.limit());
    }

    @Override
    public void onWritable() {
        // nothing was written from up here
    }

    @Override
    public void onClosed(@Nullable IOException cause) {
        end(cause);
    }

    private void end(@Nullable IOException cause) {
        if (done) {
            return;
        }
        done = true;
        stopTimer();
        if (dialer != null) {
            dialer.stop();
        }
        if (socket != null) {
            socket.close();
        }
        listener.onClosed(cause == null ? null : new OpenFailed(sentence(cause), cause));
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private String sentence(IOException e) {
        ProxyOptions proxy = socket == null ? network.proxy() : null; // it stands behind the proxy once it is connected
        if (e instanceof UnknownHostException) {
            return "The host " + (proxy == null ? endpoint.host() : proxy.host()) + " is not known: check its name.";
        }
        String party = proxy == null ? endpoint.toString() : "the proxy " + proxy;
        if (e instanceof SocketTimeoutException) {
            return "The server " + endpoint + " did not answer in time.";
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof ConnectException && endpoint.transport() != Endpoint.Transport.UNIX) {
            return message.contains("timed out")
                    ? "The server " + endpoint + " did not answer in time."
                    : "Connection refused by " + party + ": is " + (proxy == null ? "the broker" : "it")
                            + " running there?";
        }
        if (e instanceof SSLHandshakeException && has(e, CertificateExpiredException.class)) {
            return "The certificate of " + endpoint + " has ended, and has to be renewed there (" + message + ").";
        }
        if (e instanceof SSLHandshakeException && has(e, CertificateNotYetValidException.class)) {
            return "The certificate of " + endpoint + " does not hold yet: is the clock of this machine right? ("
                    + message + ")";
        }
        if (e instanceof SSLHandshakeException
                && (has(e, CertificateException.class) || has(e, CertPathBuilderException.class))) {
            return "The certificate of " + endpoint + " is not trusted: name its authority with --cafile (" + message
                    + ").";
        }
        if (e instanceof SSLException) {
            return "TLS to " + endpoint + " failed: " + message + (message.endsWith("?") ? "" : ".");
        }
        return message.endsWith(".") ? message : "No connection to " + party + ": " + message + ".";
    }

    private static boolean has(Throwable of, Class<? extends Throwable> kind) {
        for (Throwable cause = of; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
