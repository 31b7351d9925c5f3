package io.dunlin.broker.port;

/** Time, given from outside so that tests move it. Thread: any. */
public interface Clock {
    /** Monotonic nanoseconds from an arbitrary origin; deadlines in the core are in this time. */
    long nanos();

    /** Milliseconds since 1970-01-01T00:00Z, for people and for records that outlive the process. */
    long wallMillis();

    /** The clocks of this machine. */
    static Clock system() {
        return new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }
        };
    }
}
