package io.dunlin.storage;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Sixteen random bytes that all files of one store carry, so that a file of another is known. */
public record StoreId(long high, long low) {
    static final int BYTES = 16;

    public static StoreId random(RandomGenerator random) {
        return new StoreId(random.nextLong(), random.nextLong());
    }

    static StoreId read(ByteBuffer from, int at) {
        return new StoreId(from.getLong(at), from.getLong(at + Long.BYTES));
    }

    void write(ByteBuffer to, int at) {
        to.putLong(at, high).putLong(at + Long.BYTES, low);
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
