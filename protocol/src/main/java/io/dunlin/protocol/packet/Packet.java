package io.dunlin.protocol.packet;

/**
 * One MQTT control packet (MQTT 5, section 2). Packets are immutable and one record serves all versions: what a version does
 * not have is absent (properties NONE, reason SUCCESS) and is left out by the encoder.
 */
public sealed interface Packet
        permits Connect,
                Connack,
                Publish,
                Puback,
                Pubrec,
                Pubrel,
                Pubcomp,
                Subscribe,
                Suback,
                Unsubscribe,
                Unsuback,
                Pingreq,
                Pingresp,
                Disconnect,
                Auth {}
