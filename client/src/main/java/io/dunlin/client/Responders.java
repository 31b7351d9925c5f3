package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The answering side of requests (4.10). */
final class Responders {
    private Responders() {}

    /**
     * A handler that sends what the function answers. A request of QoS 1 or 2 is acknowledged when the server has the
     * reply, so that it comes again where this process ends before; one that fails is acknowledged and logged, and whoever asked
     * waits in vain.
     */
    static Consumer<Delivery> handler(MqttClient client, Function<Delivery, ? extends CompletionStage<Reply>> answer) {
        return request -> {
            request.hold();
            CompletionStage<Reply> reply;
            try {
                reply = answer.apply(request);
            } catch (RuntimeException e) {
                settle(request, e);
                return;
            }
            reply.thenCompose(given -> send(client, request, given))
                    .whenComplete((result, failure) -> settle(request, failure));
        };
    }

    private static CompletionStage<?> send(MqttClient client, Delivery request, Reply reply) {
        String topic = request.properties().text(Property.RESPONSE_TOPIC);
        if (topic == null) {
            return CompletableFuture.completedFuture(null); // nobody waits for it
        }
        Properties.Builder properties = reply.properties().without(Property.CORRELATION_DATA).toBuilder();
        byte[] correlation = request.properties().binary(Property.CORRELATION_DATA);
        if (correlation != null) {
            properties.binary(Property.CORRELATION_DATA, correlation);
        }
        Message message = new Message(TopicName.of(topic), reply.payload(), request.qos(), false, properties.build());
        return client.publishAsync(message);
    }

    private static void settle(Delivery request, @Nullable Throwable failure) {
        request.ack();
        if (failure == null) {
            return;
        }
        Throwable cause = Futures.cause(failure);
        boolean told = cause instanceof MqttException || cause instanceof InvalidTopic; // in a sentence
        String sentence =
                "The request on " + request.topic() + " was not answered" + (told ? ": " + cause.getMessage() : ".");
        System.Logger logger = System.getLogger("io.dunlin.client");
        if (told) {
            logger.log(Level.WARNING, sentence);
        } else {
            logger.log(Level.ERROR, sentence, cause);
        }
    }
}
