package io.dunlin.testkit;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/** What goes into a CONNECT. It begins with a clean start, without keep alive, will or credentials. */
public final class ConnectSpec {
    private final ProtocolVersion version;
    private String clientId;
    private boolean cleanStart = true;
    private int keepAliveSeconds;
    private final Properties.Builder properties = Properties.builder();
    private @Nullable Will will;
    private @Nullable String username;
    private byte @Nullable [] password;

    public ConnectSpec(ProtocolVersion version, String clientId) {
        this.version = version;
        this.clientId = clientId;
    }

    public ConnectSpec clientId(String id) {
        clientId = id;
        return this;
    }

    public ConnectSpec cleanStart(boolean clean) {
        cleanStart = clean;
        return this;
    }

    /** A session that outlives the connection, resumed where there is one: by the means of the version. */
    public ConnectSpec persistent() {
        cleanStart = false;
        return version.hasProperties() ? property(Property.SESSION_EXPIRY_INTERVAL, 1000) : this;
    }

    public ConnectSpec keepAlive(int seconds) {
        keepAliveSeconds = seconds;
        return this;
    }

    public ConnectSpec property(Property property, long value) {
        properties.number(property, value);
        return this;
    }

    public ConnectSpec property(Property property, String value) {
        properties.text(property, value);
        return this;
    }

    public ConnectSpec property(Property property, byte[] value) {
        properties.binary(property, value);
        return this;
    }

    public ConnectSpec userProperty(String name, String value) {
        properties.user(name, value);
        return this;
    }

    public ConnectSpec will(String topic, String payload) {
        return will(topic, payload, 0, false, Properties.NONE);
    }

    public ConnectSpec will(String topic, String payload, int qos, boolean retain, Properties willProperties) {
        will = new Will(TopicName.of(topic), QoS.of(qos), retain, willProperties, Bytes.utf8(payload));
        return this;
    }

    public ConnectSpec credentials(@Nullable String user, @Nullable String pass) {
        username = user;
        password = pass == null ? null : Bytes.utf8(pass);
        return this;
    }

    public Connect build() {
        return new Connect(
                version, clientId, cleanStart, keepAliveSeconds, properties.build(), will, username, password);
    }
}
