package io.dunlin.broker.admin;

import io.dunlin.broker.port.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a client got messages of a topic or not.
 *
 * @param verdict what decides, and the first of the findings says it in words
 * @param findings all that is known, what decides first
 * @param since how far back was looked
 * @param knownSince from when on all that was looked for is known; later than {@code since} where the recorder has forgotten some
 * @param oneIn 1 where all is known since then, else one in so many messages was kept, at the least
 * @param principal the client, where it has a session
 * @param refusedFilter the filter that matches the topic and was refused to the client last; empty where none was
 * @param publishers who published to the topic, or wanted to; at most ten
 */
public record WhyAnswer(
        String client,
        String topic,
        Reason verdict,
        List<Finding> findings,
        Instant since,
        Instant knownSince,
        int oneIn,
        Optional<Principal> principal,
        Optional<String> refusedFilter,
        List<String> publishers) {
    /**
     * One fact.
     *
     * @param count how many messages it concerns, 0 where it concerns none; about, where not all are kept
     * @param first when it was first so, empty where it is so now
     * @param last when it was last so, empty where it is so now
     */
    public record Finding(
            Reason reason, String sentence, long count, Optional<Instant> first, Optional<Instant> last) {}
}
