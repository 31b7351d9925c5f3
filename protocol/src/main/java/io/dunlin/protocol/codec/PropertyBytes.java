package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolError;
import java.nio.ByteBuffer;

/** Properties as they are on the wire, for those who keep messages and wills. */
public final class PropertyBytes {
    private PropertyBytes() {}

    /** How many bytes {@link #put} writes. */
    public static int size(Properties properties) {
        return PropertiesCodec.bytes(properties);
    }

    /** With the length in front. */
    public static void put(Properties properties, ByteBuffer out) {
        PropertiesCodec.put(properties, out);
    }

    /**
     * What {@link #put} has written of a message.
     *
     * @throws ProtocolError where these bytes are anything else
     */
    public static Properties ofMessage(byte[] bytes, int from, int to) {
        return read(bytes, from, to, PropertiesCodec.Place.PUBLISH);
    }

    /**
     * What {@link #put} has written of a will.
     *
     * @throws ProtocolError where these bytes are anything else
     */
    public static Properties ofWill(byte[] bytes, int from, int to) {
        return read(bytes, from, to, PropertiesCodec.Place.WILL);
    }

    private static Properties read(byte[] bytes, int from, int to, PropertiesCodec.Place place) {
        Input in = new Input();
        in.reset(bytes, from, to);
        Properties properties = PropertiesCodec.decode(in, place);
        in.expectEnd();
        return properties;
    }
}
