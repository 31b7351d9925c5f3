import io.dunlin.client.MqttClient;
import io.dunlin.client.Reply;
import java.time.Duration;

/** A service and one who asks it. */
public final class RequestResponse {
    public static void main(String[] args) throws Exception {
        try (var service = MqttClient.connect(args[0]);
                var client = MqttClient.connect(args[0])) {
            service.respond("svc/upper", request -> Reply.of(request.text().toUpperCase(java.util.Locale.ROOT)));
            var reply = client.request("svc/upper", "hello", Duration.ofSeconds(10));
            System.out.println(reply.text());
        }
    }
}
