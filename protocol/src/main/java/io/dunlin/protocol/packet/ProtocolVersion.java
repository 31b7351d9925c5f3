package io.dunlin.protocol.packet;

/** The three protocol versions that Dunlin speaks, by the level byte of CONNECT. */
public enum ProtocolVersion {
    V3_1(3, "MQIsdp"),
    V3_1_1(4, "MQTT"),
    V5(5, "MQTT");

    private final int level;
    private final String protocolName;

    ProtocolVersion(int level, String protocolName) {
        this.level = level;
        this.protocolName = protocolName;
    }

    public int level() {
        return level;
    }

    public String protocolName() {
        return protocolName;
    }

    /** Whether packets of this version carry properties and reason codes. */
    public boolean hasProperties() {
        return this == V5;
    }
}
