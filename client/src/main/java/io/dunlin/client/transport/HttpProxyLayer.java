package io.dunlin.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Asks an HTTP proxy for a tunnel, and steps aside once it stands (RFC 9110, 9.3.6). */
final class HttpProxyLayer extends ProxyLayer {
    private static final int LOGIN_WANTED = 407;

    private final ProxyOptions proxy;
    private final Endpoint endpoint;
    private final HttpHead head = new HttpHead();
    private boolean done;

    HttpProxyLayer(EventLoop loop, Channel.Listener upper, ProxyOptions proxy, Endpoint endpoint) {
        super(loop, upper);
        this.proxy = proxy;
        this.endpoint = endpoint;
    }

    @Override
    void begin() {
        String name = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        String server = name + ":" + endpoint.port();
        StringBuilder request = new StringBuilder("CONNECT ").append(server).append(" HTTP/1.1\r\nHost: ");
        request.append(server).append("\r\n");
        if (proxy.username() != null) {
            byte[] login = (proxy.username() + ":" + proxy.password()).getBytes(StandardCharsets.UTF_8);
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(login))
                    .append("\r\n");
        }
        down(ByteBuffer.wrap(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (done || isOver()) {
            bytes.position(bytes.limit());
            return;
        }
        try {
            if (!head.take(bytes)) {
                return;
            }
        } catch (IOException e) {
            fail(new IOException("The proxy " + proxy + " speaks no HTTP: " + e.getMessage() + ".", e));
            return;
        }
        int code = head.code();
        if (code >= 200 && code < 300) {
            done = true;
            stepAside(bytes);
        } else if (code == LOGIN_WANTED) {
            fail(new IOException("The proxy " + proxy
                    + (proxy.username() == null
                            ? " wants a login: give its user name and password."
                            : " does not accept the login: check its user name and password.")));
        } else {
            fail(new IOException("The proxy " + proxy + " does not connect to " + endpoint + ", it answers: "
                    + head.status() + "."));
        }
    }
}
