import io.dunlin.client.Delivery;
import io.dunlin.client.MqttClient;
import io.dunlin.protocol.packet.QoS;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** The JDK's reactive streams: nothing is acknowledged that was not asked for. */
public final class Reactive {
    public static void main(String[] args) throws Exception {
        var done = new CountDownLatch(3);
        try (var client = MqttClient.connect(args[0])) {
            client.flow("sensors/#", QoS.AT_LEAST_ONCE, 64).subscribe(new Flow.Subscriber<Delivery>() {
                private Flow.Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                    subscription.request(1);
                }

                @Override
                public void onNext(Delivery message) {
                    System.out.println(message.text());
                    done.countDown();
                    subscription.request(1);
                }

                @Override
                public void onError(Throwable failure) {
                    failure.printStackTrace();
                }

                @Override
                public void onComplete() {}
            });
            var sender = client.publisher("sensors/%s").window(2).retain(true);
            for (int i = 1; i <= 3; i++) {
                sender.send("value " + i, i);
            }
            done.await();
        }
    }
}
