package io.dunlin.client.store;

/** How a {@link FileStore} treats its file. */
record Options(boolean forced, boolean salvage, long compactAboveBytes) {}
