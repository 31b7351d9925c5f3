package io.dunlin.client.store;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the records of a file come to, without the messages themselves: about 150 bytes for each one that is not finished. */
final class Kept {
    /** A message that is not finished. */
    static final class Live {
        final long token;
        long bodyAt;
        final int bodyBytes;
        int packetId; // 0 where it was not sent
        boolean released;

        Live(long token, long bodyAt, int bodyBytes) {
            this.token = token;
            this.bodyAt = bodyAt;
            this.bodyBytes = bodyBytes;
        }
    }

    /** What the records of a message need at most, besides the body of the first. */
    private static final long RECORDS_BYTES = 3 * Frame.BYTES + 2 * Records.SHORT_BYTES_MAX;

    private static final long RECEIVED_BYTES = Frame.BYTES + Records.TYPE_BYTES + Short.BYTES;

    private final Map<Long, Live> messages = new LinkedHashMap<>();
    private final Set<Integer> receivedIds = new LinkedHashSet<>();
    private long messageBytes;
    private long lastToken;

    Kept(long lastToken) {
        this.lastToken = lastToken;
    }

    long lastToken() {
        return lastToken;
    }

    Collection<Live> messages() {
        return messages.values();
    }

    @Nullable
    Live message(long token) {
        return messages.get(token);
    }

    Set<Integer> receivedIds() {
        return receivedIds;
    }

    boolean isEmpty() {
        return messages.isEmpty() && receivedIds.isEmpty();
    }

    /** At most this much of the file is still needed. */
    long liveBytes() {
        return messageBytes + receivedIds.size() * RECEIVED_BYTES;
    }

    void added(long token, long bodyAt, int bodyBytes) {
        lastToken = Math.max(lastToken, token);
        if (messages.put(token, new Live(token, bodyAt, bodyBytes)) == null) {
            messageBytes += bodyBytes + RECORDS_BYTES;
        }
    }

    void sent(long token, int packetId) {
        Live live = messages.get(token);
        if (live != null) {
            live.packetId = packetId;
            live.released = false;
        }
    }

    void released(long token) {
        Live live = messages.get(token);
        if (live != null) {
            live.released = true;
        }
    }

    void removed(long token) {
        Live live = messages.remove(token);
        if (live != null) {
            messageBytes -= live.bodyBytes + RECORDS_BYTES;
        }
    }

    /**
     * What a record says, read from a file.
     *
     * @param body its first bytes: all of them, but for a message
     * @return false where it is no record of this format
     */
    boolean apply(byte[] body, long bodyAt, int bodyBytes) {
        ByteBuffer in = ByteBuffer.wrap(body);
        byte type = in.get();
        if (type == Records.ADDED) {
            if (bodyBytes <= Records.ADDED_HEAD_BYTES) {
                return false;
            }
            added(in.getLong(), bodyAt, bodyBytes);
            return true;
        }
        if (bodyBytes != bytes(type)) {
            return false;
        }
        switch (type) {
            case Records.SENT -> sent(in.getLong(), in.getShort() & 0xFFFF);
            case Records.RELEASED -> released(in.getLong());
            case Records.UNSENT -> sent(in.getLong(), 0);
            case Records.REMOVED -> removed(in.getLong());
            case Records.RECEIVED -> receivedIds.add(in.getShort() & 0xFFFF);
            case Records.RECEIVED_DONE -> receivedIds.remove(in.getShort() & 0xFFFF);
            default -> receivedIds.clear();
        }
        return true;
    }

    private static int bytes(byte type) {
        return switch (type) {
            case Records.SENT -> Records.TYPE_BYTES + Long.BYTES + Short.BYTES;
            case Records.RELEASED, Records.UNSENT, Records.REMOVED -> Records.TYPE_BYTES + Long.BYTES;
            case Records.RECEIVED, Records.RECEIVED_DONE -> Records.TYPE_BYTES + Short.BYTES;
            case Records.SESSION_LOST -> Records.TYPE_BYTES;
            default -> -1;
        };
    }
}
