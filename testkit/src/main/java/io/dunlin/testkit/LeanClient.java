package io.dunlin.testkit;

import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import java.nio.ByteBuffer;

/** A connected client of a {@link LeanShard} that answers what QoS 1 and 2 ask for, when it is told to. Thread: the shard's. */
public final class LeanClient {
    private final LeanConnection connection;
    private final ProtocolVersion version;
    private final Answers answers = new Answers();

    public LeanClient(LeanShard shard, String clientId, ProtocolVersion version) {
        this.version = version;
        connection = shard.open();
        connection.reader(answers::take);
        connection.send(ByteBuffer.wrap(Batch.connect(clientId, version)));
        shard.settle();
    }

    /** What has come. */
    public Answers answers() {
        return answers;
    }

    public LeanConnection connection() {
        return connection;
    }

    public void subscribe(String filter, QoS qos) {
        connection.send(ByteBuffer.wrap(Batch.subscribe(filter, qos, version)));
    }

    public void unsubscribe(String filter) {
        connection.send(ByteBuffer.wrap(Batch.unsubscribe(filter, version)));
    }

    /** Sends what it owes; false where that is nothing. */
    public boolean answer() {
        ByteBuffer owed = answers.owed();
        boolean any = owed.hasRemaining();
        if (any) {
            connection.send(owed);
        }
        answers.sent();
        return any;
    }
}
