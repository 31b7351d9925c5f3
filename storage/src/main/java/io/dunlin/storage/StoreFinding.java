package io.dunlin.storage;

/**
 * Something in a stopped store that is not as it should be.
 *
 * @param file its name in the store's folder
 * @param offset where in it, in bytes
 * @param isDamage whether something that was stored is lost or cannot be read; otherwise the next start puts it right by itself
 * @param what it means, as a sentence
 */
public record StoreFinding(String file, long offset, boolean isDamage, String what) {
    @Override
    public String toString() {
        return (isDamage ? "DAMAGED  " : "notice   ") + file + " at byte " + offset + ": " + what;
    }
}
