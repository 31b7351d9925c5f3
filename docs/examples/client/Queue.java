import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import java.time.Duration;

/** For scripts and tests: fetch messages instead of being called. */
public final class Queue {
    public static void main(String[] args) throws Exception {
        try (var client = MqttClient.connect(args[0]);
                var queue = client.queue("jobs/#", 100)) {
            client.publish(Message.of("jobs/1", "paint it").withQos(1));
            System.out.println(queue.take(Duration.ofSeconds(10)).text());
        }
    }
}
