package io.dunlin.protocol.packet;

import java.util.List;

/** UNSUBSCRIBE (3.10): at least one filter, as text: the receiver judges it. */
public record Unsubscribe(int packetId, Properties properties, List<String> filters) implements Packet {
    public Unsubscribe {
        filters = List.copyOf(filters);
    }
}
