package io.dunlin.client;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** No connection came about: name not found, port closed, TLS or WebSocket handshake failed. */
public final class ConnectFailed extends MqttException {
    private static final long serialVersionUID = 1;

    ConnectFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether TLS is what failed: the handshake, or the check of the certificate. */
    public boolean isTls() {
        return getCause() instanceof SSLException;
    }
}
