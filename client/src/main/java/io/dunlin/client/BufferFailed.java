package io.dunlin.client;

import io.dunlin.client.store.StoreFailed;

/** The file behind the offline buffer did not take the message: the disk is full or broken. The message was not accepted. */
public final class BufferFailed extends MqttException {
    private static final long serialVersionUID = 1;

    BufferFailed(StoreFailed cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
