import io.dunlin.client.MqttClient;

/** The start: connect, hear, say. */
public final class FiveLines {
    public static void main(String[] args) throws Exception {
        try (var client = MqttClient.connect(args[0])) { // "mqtt://localhost"
            client.subscribe("sensors/#", message -> System.out.println(message.topic() + " " + message.text()));
            client.publish("sensors/a", "21.5"); // returns when it is sent
            client.unsubscribe("sensors/#"); // returns when the handler has handled all that the server had sent
        }
    }
}
