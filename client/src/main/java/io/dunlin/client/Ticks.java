package io.dunlin.client;

/** The client's clock for waits and ages: nanoseconds that only ever grow, from an arbitrary beginning. */
final class Ticks {
    private Ticks() {}

    static long now() {
        return System.nanoTime();
    }
}
