import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import java.time.Duration;

/** A device with a will, a session that outlives the connection, and handlers that are there before the first message. */
public final class FullBuilder {
    public static void main(String[] args) throws Exception {
        MqttClient client = MqttClient.builder()
                .url(args[0])
                .clientId("line-7")
                .cleanStart(false)
                .sessionExpiry(Duration.ofHours(1))
                .keepAlive(Duration.ofSeconds(30))
                .will(will -> will.topic("line-7/state").payload("offline").qos(1).retain(true))
                .onMessage("line-7/cmd/#", message -> System.out.println("command " + message.text()))
                .onMessage(message -> System.out.println("something else on " + message.topic()))
                .onStateChange(change -> System.out.println(change.to()))
                .build();
        try (client) {
            client.connect();
            client.publish(Message.of("line-7/state", "online").withQos(1).withRetain(true));
        }
    }
}
