import io.dunlin.client.MqttClient;
import java.time.Duration;

/** As fast as the server answers, and no faster: the sender waits while 200 messages are unanswered. */
public final class ManyMessages {
    public static void main(String[] args) throws Exception {
        try (var client = MqttClient.connect(args[0])) {
            var meters = client.publisher("meters/%s/reading").window(200);
            for (int i = 0; i < 10_000; i++) {
                meters.send("{\"kWh\":" + i + "}", i % 100);
            }
            meters.flush(Duration.ofSeconds(60));
            System.out.println("failed: " + meters.failed());
        }
    }
}
