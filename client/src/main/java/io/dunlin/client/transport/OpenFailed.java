package io.dunlin.client.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No channel came about. The message is a sentence that names the endpoint and says what to do; the cause is what happened. */
public final class OpenFailed extends IOException {
    private static final long serialVersionUID = 1;

    OpenFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
