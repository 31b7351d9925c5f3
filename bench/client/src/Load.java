import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One measurement with one library in a fresh JVM; prints one line {@code name=value ...}.
 *
 * <pre>
 * Load PEER flow  HOST PORT QOS COUNT     messages from one client through the broker to another
 * Load PEER heap  HOST PORT CLIENTS [CA]  heap and threads of so many idle, subscribed clients
 * Load PEER first HOST PORT               one message to itself; the caller takes the time
 * </pre>
 */
public final class Load {
    /** Messages on their way at once: enough to keep everybody busy, few enough that nobody drops one. */
    private static final int WINDOW = 256;

    private static final int PAYLOAD_BYTES = 64;
    private static final int CONNECTING_THREADS = 8;

    private Load() {}

    public static void main(String[] args) throws Exception {
        switch (args[1]) {
            case "flow" -> flow(args);
            case "heap" -> heap(args);
            default -> first(args);
        }
        System.exit(0);
    }

    private static void flow(String[] args) throws Exception {
        int qos = Integer.parseInt(args[4]);
        int count = Integer.parseInt(args[5]);
        Peer sender = connected(args, "", "sender");
        Peer receiver = connected(args, "", "receiver");
        Semaphore window = new Semaphore(WINDOW);
        receiver.subscribe("bench/flow", qos, window::release);
        run(sender, window, qos, count); // the compilers' turn
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        run(sender, window, qos, count);
        long nanos = System.nanoTime() - start;
        long cpuNanos = os.getProcessCpuTime() - cpu;
        System.out.printf("rate=%d cpu_us=%.2f%n", count * 1_000_000_000L / nanos, cpuNanos / 1e3 / count);
    }

    private static void run(Peer sender, Semaphore window, int qos, int count) throws Exception {
        byte[] payload = new byte[PAYLOAD_BYTES];
        for (int i = 0; i < count; i++) {
            if (!window.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no message came for 30 s");
            }
            sender.publish("bench/flow", qos, payload);
        }
        if (!window.tryAcquire(WINDOW, 60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(WINDOW - window.availablePermits() + " messages are missing");
        }
        window.release(WINDOW);
    }

    private static Peer connected(String[] args, String caFile, String id) throws Exception {
        Peer peer = Peer.of(args[0]);
        peer.connect(args[2], Integer.parseInt(args[3]), caFile, id);
        return peer;
    }

    private static void heap(String[] args) throws Exception {
        int clients = Integer.parseInt(args[4]);
        String caFile = args.length > 5 ? args[5] : "";
        List<Peer> kept = new ArrayList<>();
        for (int i = 0; i < 20; i++) { // classes and everything that is there once
            kept.add(subscribed(args, caFile, "warm" + i));
        }
        long before = used();
        int threadsBefore = Thread.activeCount();
        long start = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(CONNECTING_THREADS);
        List<Peer> all = new ArrayList<>();
        for (int t = 0; t < CONNECTING_THREADS; t++) {
            new Thread(() -> {
                        try {
                            for (int i = next.getAndIncrement(); i < clients; i = next.getAndIncrement()) {
                                Peer peer = subscribed(args, caFile, "idle" + i);
                                synchronized (all) {
                                    all.add(peer);
                                }
                            }
                        } catch (Exception e) {
                            e.printStackTrace();
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        long millis = (System.nanoTime() - start) / 1_000_000;
        if (all.size() != clients) {
            throw new IllegalStateException("only " + all.size() + " of " + clients + " clients are connected");
        }
        int threads = Thread.activeCount() - threadsBefore;
        pause(6_000); // threads that are not needed any longer end
        int threadsLater = ManagementFactory.getThreadMXBean().getThreadCount();
        System.out.printf(
                "heap_bytes=%d threads_more=%d threads=%d connect_ms=%d kept=%d%n",
                (used() - before) / clients, threads, threadsLater, millis, all.size() + kept.size());
    }

    private static Peer subscribed(String[] args, String caFile, String id) throws Exception {
        Peer peer = connected(args, caFile, id);
        peer.subscribe("bench/" + id, 1, () -> {});
        return peer;
    }

    private static void pause(int millis) throws InterruptedException {
        if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts down");
        }
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            pause(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void first(String[] args) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        Peer peer = connected(args, "", "first");
        peer.subscribe("bench/first", 0, arrived::countDown);
        peer.publish("bench/first", 0, new byte[PAYLOAD_BYTES]);
        if (!arrived.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the message did not come");
        }
        System.out.println("done=1");
    }
}
