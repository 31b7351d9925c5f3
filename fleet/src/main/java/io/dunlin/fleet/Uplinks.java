package io.dunlin.fleet;

import io.dunlin.fleet.scenario.Group;
import org.jspecify.annotations.Nullable;

/** Makes the uplinks of a fleet. */
public interface Uplinks {
    /** The uplink of one device; not connected yet. */
    Uplink open(Identity identity, Uplink.Listener listener);

    /** Who a device is towards the broker. */
    record Identity(
            String clientId,
            Group.Connect connect,
            @Nullable String username,
            @Nullable String password) {}
}
