package io.dunlin.storage;

import java.io.IOException;

/** A folder that this program must not touch: in use, of another store, or of a newer version. The message says what to do. */
public final class StoreRefused extends IOException {
    public StoreRefused(String message) {
        super(message);
    }
}
