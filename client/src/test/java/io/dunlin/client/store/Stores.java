package io.dunlin.client.store;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/** Short forms for the tests of stores. */
final class Stores {
    static final String CLIENT = "furnace-7";

    private Stores() {}

    static Publish message(QoS qos, String topic, byte[] payload) {
        return new Publish(false, qos, false, TopicName.of(topic), 0, Properties.NONE, payload);
    }

    static Publish message(int number) {
        byte[] payload = new byte[number % 50];
        Arrays.fill(payload, (byte) number);
        return message(QoS.of(number % 3), "line/" + number, payload);
    }

    /** What a process finds that starts when the files are as they are now, the one that wrote them having been killed. */
    static State afterKill(Path store, Path scratch) throws IOException {
        Path copy = Files.createDirectories(scratch.resolve("killed")).resolve("session");
        Files.copy(store, copy, StandardCopyOption.REPLACE_EXISTING);
        if (Files.exists(FileNames.fresh(store))) {
            Files.copy(FileNames.fresh(store), FileNames.fresh(copy), StandardCopyOption.REPLACE_EXISTING);
        }
        return State.of(copy);
    }

    /** What a store gives back, in a form that can be compared. */
    record State(List<SessionStore.Stored> messages, List<Integer> receivedIds) {
        static final State NOTHING = new State(List.of(), List.of());

        static State of(SessionStore.Recovered recovered) {
            return new State(
                    recovered.messages(),
                    Arrays.stream(recovered.receivedIds()).boxed().toList());
        }

        static State of(Path store) {
            FileStore file = FileStore.at(store);
            try {
                return of(file.open(CLIENT));
            } finally {
                file.close();
            }
        }
    }
}
