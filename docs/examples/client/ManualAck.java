import io.dunlin.client.Message;
import io.dunlin.client.MessageQueue.Acknowledge;
import io.dunlin.client.MqttClient;
import io.dunlin.client.Subscription;
import java.time.Duration;

/** A worker: a job that is not acknowledged comes again. */
public final class ManualAck {
    public static void main(String[] args) throws Exception {
        try (var client = MqttClient.connect(args[0]);
                var jobs = client.queue(Subscription.of("jobs/#").withQos(1), 10, Acknowledge.MANUALLY)) {
            client.publish(Message.of("jobs/7", "weld").withQos(1).withContentType("text/plain"));
            var job = jobs.take(Duration.ofSeconds(10));
            System.out.println("doing " + job.text() + " (" + job.contentType() + ")");
            job.ack(); // now it is done
        }
    }
}
