package io.dunlin.client;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong in the client, unchecked; the subclass says what kind it is. The message is one sentence for people.
 */
public abstract sealed class MqttException extends RuntimeException
        permits AuthenticationFailed,
                BufferFailed,
                ConnectFailed,
                ConnectRefused,
                ConnectionLost,
                LimitExceeded,
                RequestRefused,
                TimedOut {
    private static final long serialVersionUID = 1;

    MqttException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
