package io.dunlin.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The first 64 bytes of each file of the state log. */
record StateHeader(StoreId storeId, int number) {
    static final int BYTES = 64;
    static final int VERSION = 1;

    private static final long MAGIC = 0x44554E4C494E5354L; // DUNLINST
    private static final int AT_VERSION = 8;
    private static final int AT_ID = 16;
    private static final int AT_NUMBER = AT_ID + StoreId.BYTES;
    private static final int AT_CRC = BYTES - Integer.BYTES;

    /** What the beginning of a file can be. */
    sealed interface Read {
        record Valid(StateHeader header) implements Read {}

        record Newer(int version) implements Read {}

        record Damaged() implements Read {}
    }

    ByteBuffer encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(0, MAGIC).putInt(AT_VERSION, VERSION).putInt(AT_NUMBER, number);
        storeId.write(bytes, AT_ID);
        return bytes.putInt(AT_CRC, crc(bytes));
    }

    /** @param bytes as many as {@link #BYTES}, zeros where the file is shorter */
    static Read read(ByteBuffer bytes) {
        if (bytes.getLong(0) != MAGIC || bytes.getInt(AT_CRC) != crc(bytes)) {
            return new Read.Damaged();
        }
        int version = bytes.getInt(AT_VERSION);
        return version == VERSION
                ? new Read.Valid(new StateHeader(StoreId.read(bytes, AT_ID), bytes.getInt(AT_NUMBER)))
                : new Read.Newer(version);
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, AT_CRC));
        return (int) crc.getValue();
    }
}
