package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/** Something that a device measures or is: a value over time, or several as a {@link Value.Tree}. Not thread-safe. */
public interface Signal {
    /** The value at that many seconds after the start of the simulated time; a later call never asks for an earlier time. */
    Value at(double seconds);

    /** A command from outside, for instance a new setpoint. @return whether this signal knows it */
    default boolean command(String name, Value value) {
        return false;
    }
}
