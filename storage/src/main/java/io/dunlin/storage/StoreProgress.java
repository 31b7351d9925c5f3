package io.dunlin.storage;

/** Is told how far a long look at a store has come. Thread: the caller's. */
@FunctionalInterface
public interface StoreProgress {
    /** Tells nobody. */
    StoreProgress SILENT = (what, done, total) -> {};

    /**
     * @param what is being done, in a word or two
     * @param done of {@code total}, in units of their own
     */
    void at(String what, long done, long total);
}
