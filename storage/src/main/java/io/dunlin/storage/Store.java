package io.dunlin.storage;

import java.util.function.LongSupplier;

/**
 * The parts of an open store that a checkpoint has to do with.
 *
 * @param epoch of this opening
 * @param appended how many records were appended since the start
 */
record Store(SegmentLog log, StateLog state, Changes changes, Bodies bodies, long epoch, LongSupplier appended) {}
