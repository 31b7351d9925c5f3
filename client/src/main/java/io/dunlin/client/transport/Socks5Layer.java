package io.dunlin.client.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Asks a SOCKS 5 proxy for the connection (RFC 1928, RFC 1929), and steps aside once it stands. */
final class Socks5Layer extends ProxyLayer {
    private static final int VERSION = 5;
    private static final int NO_LOGIN = 0;
    private static final int LOGIN = 2;
    private static final int ANSWER_BYTES_MAX = 4 + 1 + 255 + 2;
    private static final String[] REFUSALS = {
        "",
        "it failed",
        "its rules forbid it",
        "the network is unreachable",
        "the host is unreachable or its name is not known",
        "the connection was refused",
        "the time to live expired",
        "it does not know the command",
        "it does not know the kind of address"
    };

    private enum Step {
        METHOD,
        LOGIN,
        CONNECT,
        DONE
    }

    private final ProxyOptions proxy;
    private final Endpoint endpoint;
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
    private Step step = Step.METHOD;

    Socks5Layer(EventLoop loop, Channel.Listener upper, ProxyOptions proxy, Endpoint endpoint) {
        super(loop, upper);
        this.proxy = proxy;
        this.endpoint = endpoint;
    }

    @Override
    void begin() {
        down(ByteBuffer.wrap(
                proxy.username() == null
                        ? new byte[] {VERSION, 1, NO_LOGIN}
                        : new byte[] {VERSION, 2, NO_LOGIN, LOGIN}));
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        while (bytes.hasRemaining() && step != Step.DONE && !isOver()) {
            answer.put(bytes.get());
            if (answer.position() == expected()) {
                next();
                answer.clear();
            }
        }
        if (step == Step.DONE && !isOver()) {
            stepAside(bytes);
        }
        bytes.position(bytes.limit());
    }

    /** How long the answer is, as far as can be told. */
    private int expected() {
        if (step != Step.CONNECT) {
            return 2;
        }
        if (answer.position() < 5) {
            return 5;
        }
        return 6
                + switch (answer.get(3)) {
                    case 1 -> 4;
                    case 3 -> 1 + (answer.get(4) & 0xFF);
                    case 4 -> 16;
                    default -> 0;
                };
    }

    private void next() {
        int code = answer.get(1) & 0xFF;
        if (step != Step.LOGIN && answer.get(0) != VERSION) {
            fail(new IOException("The proxy " + proxy + " does not speak SOCKS 5."));
        } else if (step == Step.METHOD) {
            method(code);
        } else if (step == Step.LOGIN) {
            if (code == 0) {
                connect();
            } else {
                fail(new IOException(
                        "The proxy " + proxy + " does not accept the login: check its user name and password."));
            }
        } else if (code == 0) {
            step = Step.DONE;
        } else {
            fail(new IOException("The proxy " + proxy + " does not connect to " + endpoint + ": "
                    + (code < REFUSALS.length ? REFUSALS[code] : "code " + code) + "."));
        }
    }

    private void method(int method) {
        if (method == NO_LOGIN) {
            connect();
        } else if (method == LOGIN && proxy.username() != null) {
            step = Step.LOGIN;
            ByteArrayOutputStream login = new ByteArrayOutputStream();
            login.write(1);
            text(login, proxy.username());
            text(login, String.valueOf(proxy.password()));
            down(ByteBuffer.wrap(login.toByteArray()));
        } else {
            fail(new IOException("The proxy " + proxy + " wants a login: give its user name and password."));
        }
    }

    private void connect() {
        step = Step.CONNECT;
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, 1, 0});
        byte[] address = Addresses.literal(endpoint.host());
        if (address.length == 0) { // the proxy looks the name up
            request.write(3);
            text(request, endpoint.host());
        } else {
            request.write(address.length == 4 ? 1 : 4);
            request.writeBytes(address);
        }
        request.write(endpoint.port() >> 8);
        request.write(endpoint.port());
        down(ByteBuffer.wrap(request.toByteArray()));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int count = Math.min(bytes.length, 255);
        out.write(count);
        out.write(bytes, 0, count);
    }
}
