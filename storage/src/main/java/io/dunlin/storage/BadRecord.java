package io.dunlin.storage;

/** Bytes that are no record of this format, with a sentence that says why. An outcome of reading: no stack trace. */
final class BadRecord extends Exception {
    private static final long serialVersionUID = 1;

    BadRecord(String message) {
        super(message, null, false, false);
    }
}
