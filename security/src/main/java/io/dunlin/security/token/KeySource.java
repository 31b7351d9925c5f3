package io.dunlin.security.token;

import java.util.Optional;

/** Where the keys come from. Thread: any virtual one, since it may block. */
interface KeySource extends AutoCloseable {
    /** @throws Unavailable where there are none now */
    KeySet current() throws Unavailable;

    /**
     * Keys that may be newer than some that did not serve: fetched, unless that was done a moment ago.
     *
     * @throws Unavailable where there are none now
     */
    KeySet newerThan(KeySet seen) throws Unavailable;

    /** The keys that are there, without asking anybody; empty before the first were fetched. */
    Optional<KeySet> known();

    /** Looks for newer keys where those that are there are old, though nobody logs in; does not wait for them. */
    default void refresh() {}

    /** @param review runs whenever a key is no longer among those that are trusted, on a thread of its own */
    default void onDropped(Runnable review) {}

    Figures figures();

    @Override
    default void close() {}

    /** There are no keys, so nothing can be said of any token. */
    final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * How it goes.
     *
     * @param fetches those that were begun
     * @param failedFetches those that brought no keys
     * @param fetchedNanosAgo how long ago the keys came, empty where there are none or they are not fetched
     * @param error why the last fetch brought none, empty where it did
     */
    record Figures(
            int keys, long fetches, long failedFetches, Optional<Long> fetchedNanosAgo, Optional<String> error) {}

    /** Keys that change with the configuration only. */
    record Fixed(KeySet keys) implements KeySource {
        @Override
        public KeySet current() {
            return keys;
        }

        @Override
        public KeySet newerThan(KeySet seen) {
            return keys;
        }

        @Override
        public Optional<KeySet> known() {
            return Optional.of(keys);
        }

        @Override
        public Figures figures() {
            return new Figures(keys.size(), 0, 0, Optional.empty(), Optional.empty());
        }
    }
}
