package io.dunlin.broker.shard;

import io.dunlin.protocol.packet.QoS;

/**
 * Something that happened, as the recorder has kept it.
 *
 * @param nanos when, in the time of the broker's clock; of messages the beginning of their tick
 * @param sequence by which events of one shard and the same time are in order
 * @param client the client that it happened to or that did it, "" for the broker itself
 * @param topic the topic, or the filter of a subscription; "" where there is none; cut off where it is very long
 * @param other of a message to a client its publisher, of a choice the shared group, else the reason
 * @param packetId of a message that was sent, 0 where it has none
 * @param standsFor for so many like it: above 1 where not all are kept
 */
public record Recorded(
        long nanos,
        long sequence,
        Happening what,
        String client,
        String topic,
        String other,
        QoS qos,
        int packetId,
        int standsFor) {}
