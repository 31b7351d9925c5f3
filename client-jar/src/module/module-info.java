/**
 * The MQTT client of Dunlin: start at {@link io.dunlin.client.MqttClient}. The packages of {@code io.dunlin.protocol} that are
 * open hold the types that the client's methods take and give.
 */
module io.dunlin.client {
    requires static org.jspecify;

    exports io.dunlin.client;
    exports io.dunlin.client.store;
    exports io.dunlin.client.transport;
    exports io.dunlin.protocol.packet;
    exports io.dunlin.protocol.topic;
}
