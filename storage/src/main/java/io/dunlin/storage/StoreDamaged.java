package io.dunlin.storage;

import java.io.IOException;

/** Something that was stored is missing or changed. The message says what, where, and what to do. */
public final class StoreDamaged extends IOException {
    private final String file;
    private final long offset;

    /**
     * @param file its name in the store's folder
     * @param offset where in the file, in bytes
     * @param what the damage, as the end of a sentence that begins with the place
     */
    public StoreDamaged(String file, long offset, String what) {
        super("The store is damaged: " + file + " at byte " + offset + ": " + what
                + ". Run `dunlin store check` to see all of it; restore the folder from a copy, or run `dunlin store repair`"
                + " to go on without what is lost.");
        this.file = file;
        this.offset = offset;
    }

    public String file() {
        return file;
    }

    public long offset() {
        return offset;
    }
}
