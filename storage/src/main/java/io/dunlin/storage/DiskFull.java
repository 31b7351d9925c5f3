package io.dunlin.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The disk has no room for what was to be written. */
public final class DiskFull extends IOException {
    public DiskFull(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
