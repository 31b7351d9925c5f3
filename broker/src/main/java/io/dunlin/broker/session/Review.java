package io.dunlin.broker.session;

import io.dunlin.broker.port.Principal;
import java.util.Optional;
import java.util.function.Function;

/**
 * One look at all clients, since users or rights have changed.
 *
 * @param number of this review, from 0 on
 * @param whyGone says of a client why it may not stay, empty where it may
 */
record Review(long number, Function<Principal, Optional<String>> whyGone) {
    static final Review NONE = new Review(0, principal -> Optional.empty());
}
