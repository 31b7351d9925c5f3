package io.dunlin.cli.output;

import java.time.ZonedDateTime;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** When a message is printed: read at first use, and the same for all of one message. */
final class Moment {
    private final Supplier<ZonedDateTime> clock;
    private @Nullable ZonedDateTime time;

    Moment(Supplier<ZonedDateTime> clock) {
        this.clock = clock;
    }

    ZonedDateTime time() {
        ZonedDateTime known = time;
        if (known == null) {
            known = clock.get();
            time = known;
        }
        return known;
    }
}
