package io.dunlin.simulation;

import java.util.random.RandomGenerator;

/**
 * What a run is made of. Each run draws its own, so that some are quiet and some are wild, some long in one thing and some in
 * another: bugs hide where everything happens a little at all times.
 *
 * @param actMillis mean time between two doings of a client
 * @param networkMillisMax a segment takes up to this long
 * @param answerMillisMax a client answers a message after up to this long
 * @param cutPercent of a client's doings that are an end of its connection of some kind
 * @param crashSecondsMean between two crashes of the broker; 0 for none
 * @param powerPercent of the crashes that are power cuts
 * @param cleanPercent of the crashes that are clean stops instead
 * @param downMillisMax how long the broker is away
 * @param storeMillisMax how long the disk takes for a sync
 * @param queueMax messages that wait for one client
 * @param diskTroublePercent how much of the time the disk has one trouble or another
 */
record Profile(
        int shards,
        int steady,
        int fickle,
        int transients,
        int members,
        boolean hostile,
        int actMillis,
        int networkMillisMax,
        int answerMillisMax,
        int cutPercent,
        int crashSecondsMean,
        int powerPercent,
        int cleanPercent,
        int downMillisMax,
        int storeMillisMax,
        int queueMax,
        int payloadMax,
        int expiryPercent,
        int diskTroublePercent) {

    static Profile draw(RandomGenerator random) {
        return new Profile(
                1 + random.nextInt(3),
                2 + random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(2) == 0 ? 0 : 2 + random.nextInt(2),
                random.nextInt(4) == 0,
                of(random, 80, 200, 400, 800),
                of(random, 1, 5, 50, 300),
                of(random, 1, 50, 400, 3_000),
                of(random, 0, 1, 3, 10),
                random.nextInt(4) == 0 ? 0 : of(random, 3, 8, 20),
                random.nextInt(101),
                random.nextInt(4) == 0 ? 50 : 0,
                of(random, 50, 1_000, 8_000),
                of(random, 1, 5, 40, 500),
                random.nextInt(8) == 0 ? 3 + random.nextInt(20) : 100_000,
                of(random, 16, 60, 300, 3_000),
                of(random, 0, 0, 5, 20),
                of(random, 0, 0, 0, 20));
    }

    private static int of(RandomGenerator random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
