/** One MQTT client library under measurement. */
interface Peer extends AutoCloseable {
    /** Connects to {@code host:port}, with TLS that trusts this PEM file where it is not empty; waits for CONNACK. */
    void connect(String host, int port, String caFile, String clientId) throws Exception;

    /** Waits for SUBACK; the handler gets every message. */
    void subscribe(String filter, int qos, Runnable onMessage) throws Exception;

    /** Hands a message over without waiting for its answer. */
    void publish(String topic, int qos, byte[] payload) throws Exception;

    static Peer of(String name) throws Exception {
        return (Peer) Class.forName(name).getDeclaredConstructor().newInstance();
    }
}
