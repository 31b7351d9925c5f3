package io.dunlin.client.store;

import java.nio.file.Path;

/** The files beside the store's own. */
final class FileNames {
    private FileNames() {}

    /** Locked by the process that uses the store; empty, never deleted. */
    static Path lock(Path store) {
        return beside(store, ".lock");
    }

    /** What is to take the place of the store; left over where the process ended meanwhile. */
    static Path fresh(Path store) {
        return beside(store, ".new");
    }

    /** A copy of a damaged store, from before what could be read was taken out of it. */
    static Path damaged(Path store) {
        return beside(store, ".damaged");
    }

    private static Path beside(Path store, String ending) {
        return store.resolveSibling(store.getFileName() + ending);
    }
}
