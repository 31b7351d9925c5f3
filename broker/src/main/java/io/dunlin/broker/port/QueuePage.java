package io.dunlin.broker.port;

/**
 * A part of a session's queue whose references were written to the journal, so that only this stays in memory.
 *
 * @param position of its {@link JournalRecord.Spilled}
 * @param messages how many references it has
 * @param firstPosition the lowest position that they name
 * @param lastPosition the highest position that they name
 */
public record QueuePage(long position, int messages, long firstPosition, long lastPosition) {}
