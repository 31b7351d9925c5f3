package io.dunlin.protocol.packet;

/** When a SUBSCRIBE brings retained messages (MQTT 5, section 3.8.3.1). The ordinal is the value on the wire. */
public enum RetainHandling {
    SEND,
    SEND_IF_NEW,
    DO_NOT_SEND
}
