package io.dunlin.storage;

/**
 * A file of the log.
 *
 * @param bytes what it takes on the disk
 * @param sparse whether only those records are left in it that were live at its last compaction
 */
record SegmentInfo(int number, long bytes, boolean sparse) {}
