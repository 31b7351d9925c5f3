package io.dunlin.client;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/** The server answered CONNECT with a refusal (3.2.2.2), or ended the authentication with DISCONNECT. */
public final class ConnectRefused extends MqttException {
    private static final long serialVersionUID = 1;

    private final transient Connack connack;

    ConnectRefused(Connack connack) {
        super(sentence(connack), null);
        this.connack = connack;
    }

    public ReasonCode reason() {
        return connack.reason();
    }

    /** What the server added in words, or null. */
    public @Nullable String reasonString() {
        return connack.properties().text(Property.REASON_STRING);
    }

    /** The other server that this one names (4.11), or null. */
    public @Nullable String serverReference() {
        return connack.properties().text(Property.SERVER_REFERENCE);
    }

    private static String sentence(Connack connack) {
        String words = connack.properties().text(Property.REASON_STRING);
        String other = connack.properties().text(Property.SERVER_REFERENCE);
        return "The server refused the connection: " + connack.reason().text()
                + (words == null ? "" : " (" + words + ")")
                + (connack.reason() == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION
                        ? "; choose another version, for instance 3.1.1"
                        : "")
                + (other == null ? "." : "; it names another server: " + other + ".");
    }
}
