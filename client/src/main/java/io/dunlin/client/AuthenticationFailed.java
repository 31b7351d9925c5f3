package io.dunlin.client;

import org.jspecify.annotations.Nullable;

/** This side broke off an enhanced authentication (4.12): the server did not prove who it is, or the secret is not to be had. */
public final class AuthenticationFailed extends MqttException {
    private static final long serialVersionUID = 1;

    /** {@code sentence} says what is wrong and what to do about it. */
    public AuthenticationFailed(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
