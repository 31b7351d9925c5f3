package io.dunlin.cli;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Just enough of a broker for the commands: routes by filter, keeps retained messages, remembers every packet. Topics below
 * "refused/" are refused to publishers and subscribers.
 */
final class MiniBroker implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final Map<TopicName, Publish> retained = new ConcurrentHashMap<>();

    /** All packets of all clients in the order of their arrival. */
    final BlockingQueue<Packet> packets = new LinkedBlockingQueue<>();

    private volatile ReasonCode connackReason = ReasonCode.SUCCESS;
    private volatile Properties connackProperties = Properties.NONE;

    private MiniBroker(ServerSocket listener) {
        this.listener = listener;
    }

    static MiniBroker start() {
        return start(0);
    }

    static MiniBroker start(int port) {
        try {
            MiniBroker broker = new MiniBroker(new ServerSocket(port, 10, InetAddress.getLoopbackAddress()));
            spawn(broker::accept);
            return broker;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void spawn(Runnable loop) {
        Thread thread = new Thread(loop, "mini-broker");
        thread.setDaemon(true);
        thread.start();
    }

    String port() {
        return String.valueOf(listener.getLocalPort());
    }

    void answerConnectWith(ReasonCode reason, Properties properties) {
        connackReason = reason;
        connackProperties = properties;
    }

    /** The next packet of this kind; others before it are dropped. */
    <P extends Packet> P next(Class<P> kind) throws InterruptedException {
        while (true) {
            Packet packet = packets.poll(10, java.util.concurrent.TimeUnit.SECONDS);
            if (packet == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " came");
            }
            if (kind.isInstance(packet)) {
                return kind.cast(packet);
            }
        }
    }

    /** As if somebody had published it. */
    void publish(String topic, byte[] payload, int qos, boolean retain, Properties properties) {
        route(new Publish(false, QoS.of(qos), retain, TopicName.of(topic), 0, properties, payload));
    }

    void cutAll() {
        for (Client client : clients) {
            client.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Client client = new Client(listener.accept());
                spawn(client::run);
            }
        } catch (IOException e) {
            cutAll(); // the test is over
        }
    }

    private void route(Publish publish) {
        if (publish.retain()) {
            if (publish.payload().length == 0) {
                retained.remove(publish.topic());
            } else {
                retained.put(publish.topic(), publish);
            }
        }
        for (Client client : clients) {
            client.offer(publish, false);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private final class Client {
        private final Socket socket;
        private final PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.SERVER, 1 << 24, new TopicCache(16));
        private final List<SubscriptionRequest> subscriptions = new CopyOnWriteArrayList<>();
        private int nextId;

        Client(Socket socket) {
            this.socket = socket;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void run() {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            clients.add(this);
            try {
                int count = socket.getInputStream().read(buffer.array());
                while (count >= 0) {
                    buffer.position(buffer.position() + count).flip();
                    for (Packet packet = decoder.decode(buffer); packet != null; packet = decoder.decode(buffer)) {
                        handle(packet);
                        packets.add(packet); // a test that sees it sees its effect
                    }
                    buffer.compact();
                    count = socket.getInputStream().read(buffer.array(), buffer.position(), buffer.remaining());
                }
            } catch (IOException e) {
                packets.add(new Disconnect(ReasonCode.UNSPECIFIED_ERROR)); // the connection was cut
            } finally {
                clients.remove(this);
            }
        }

        private void handle(Packet packet) {
            switch (packet) {
                case Connect connect -> send(new Connack(false, connackReason, connackProperties));
                case Subscribe subscribe -> subscribe(subscribe);
                case Unsubscribe unsubscribe ->
                    send(new Unsuback(
                            unsubscribe.packetId(),
                            Properties.NONE,
                            unsubscribe.filters().stream()
                                    .map(filter -> ReasonCode.SUCCESS)
                                    .toList()));
                case Publish publish -> publish(publish);
                case Pubrel pubrel -> send(new Pubcomp(pubrel.packetId()));
                case Pubrec pubrec -> send(new Pubrel(pubrec.packetId()));
                case Disconnect disconnect -> close();
                default -> {} // nothing to answer
            }
        }

        private void subscribe(Subscribe subscribe) {
            List<ReasonCode> reasons = new ArrayList<>();
            for (SubscriptionRequest request : subscribe.subscriptions()) {
                boolean refused = request.filter().startsWith("refused/");
                reasons.add(refused ? ReasonCode.NOT_AUTHORIZED : ReasonCode.granted(request.maxQos()));
                if (!refused) {
                    subscriptions.add(request);
                }
            }
            send(new Suback(subscribe.packetId(), Properties.NONE, reasons));
            for (Publish publish : retained.values()) {
                offer(publish, true);
            }
        }

        private void publish(Publish publish) {
            boolean refused = publish.topic().text().startsWith("refused/");
            ReasonCode reason = refused ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS;
            switch (publish.qos()) {
                case AT_MOST_ONCE -> {} // nothing to answer
                case AT_LEAST_ONCE -> send(new Puback(publish.packetId(), reason));
                case EXACTLY_ONCE -> send(new Pubrec(publish.packetId(), reason));
            }
            if (!refused) {
                route(publish);
            }
        }

        synchronized void offer(Publish publish, boolean asRetained) {
            for (SubscriptionRequest request : subscriptions) {
                if (TopicFilter.of(request.filter()).matches(publish.topic())) {
                    QoS qos = publish.qos().atMost(request.maxQos());
                    int id = qos == QoS.AT_MOST_ONCE ? 0 : ++nextId;
                    boolean retain = asRetained || request.retainAsPublished() && publish.retain();
                    send(new Publish(false, qos, retain, publish.topic(), id, publish.properties(), publish.payload()));
                    return;
                }
            }
        }

        private synchronized void send(Packet packet) {
            ProtocolVersion version = decoder.version();
            try {
                socket.getOutputStream().write(PacketEncoder.encode(packet, version));
            } catch (IOException e) {
                close();
            }
        }
    }
}
