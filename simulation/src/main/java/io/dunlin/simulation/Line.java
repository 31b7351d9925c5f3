package io.dunlin.simulation;

import io.dunlin.testkit.MemoryWire;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One network connection between a client and the broker: in order, late, and at times broken at any byte or silent. The
 * broker's end is a wire of the testkit; the client's end calls {@link Client}.
 */
final class Line {
    private final Simulation sim;
    private final Client client;
    private final MemoryWire wire;
    private final ArrayDeque<byte[]> up = new ArrayDeque<>();
    private final ArrayDeque<byte[]> down = new ArrayDeque<>();
    private long lastUp;
    private long lastDown;
    private boolean silent; // nothing passes any more, and neither end is told
    private boolean broken; // for the network
    private boolean left; // the client has closed or forgotten its end
    private boolean endTold;
    private boolean closing; // the client's end of stream is on its way
    private long serverEndedAt = Long.MAX_VALUE;
    private boolean endedByCrash;
    private boolean serverClosed;
    private long disconnectArrivedAt = Long.MAX_VALUE;

    // what the client knows, for its expectations
    boolean connackSeen;
    boolean disconnectSent;
    boolean expires; // the session outlives it
    long connectSentAt;

    Line(Simulation sim, Client client, MemoryWire wire) {
        this.sim = sim;
        this.client = client;
        this.wire = wire;
        this.connectSentAt = sim.now();
    }

    /** Nothing comes from the broker any more. */
    boolean isServerClosed() {
        return serverClosed;
    }

    /** When the broker's end was closed; Long.MAX_VALUE while it is not. */
    long serverEndedAt() {
        return serverEndedAt;
    }

    boolean endedByCrash() {
        return endedByCrash;
    }

    /** The broker has seen the client's DISCONNECT for certain: its end was closed after everything had arrived. */
    boolean disconnectArrived() {
        return disconnectArrivedAt <= serverEndedAt && serverEndedAt != Long.MAX_VALUE && !endedByCrash;
    }

    // ---- the client's end

    void send(byte[] bytes) {
        if (broken || left) {
            return;
        }
        if (silent) {
            return;
        }
        up.add(bytes);
        lastUp = Math.max(lastUp, sim.now() + sim.networkNanos());
        sim.at(lastUp, this::arriveUp);
    }

    private void arriveUp() {
        byte[] first = up.poll();
        if (first != null && !broken && !silent) {
            wire.send(first);
            if (disconnectSent && up.isEmpty()) {
                disconnectArrivedAt = Math.min(disconnectArrivedAt, sim.now());
            }
            if (closing && up.isEmpty()) {
                wire.close();
            }
        }
    }

    /** The client closes in an orderly way: what it has sent arrives. */
    void close() {
        left = true;
        closing = true;
        if (up.isEmpty()) {
            wire.close();
        }
    }

    /** The client goes on without this connection and tells nobody; what is on its way may still arrive. */
    void forget() {
        left = true;
    }

    void reading(boolean on) {
        wire.reading(on);
    }

    // ---- the network

    /** It breaks now: of what is on its way in each direction a part still arrives. */
    void cut() {
        if (broken) {
            return;
        }
        deliverSome(up, wire::send);
        broken = true;
        wire.cut();
        deliverSome(down, bytes -> {
            if (!left) {
                client.onBytes(this, bytes);
            }
        });
        tellEnd();
    }

    /** Nothing passes from now on; each end finds out by itself. */
    void silence() {
        if (!broken && !silent) {
            deliverSome(up, wire::send);
            silent = true;
            down.clear();
        }
    }

    private void deliverSome(ArrayDeque<byte[]> waiting, Consumer<byte[]> to) {
        int total = 0;
        for (byte[] each : waiting) {
            total += each.length;
        }
        int passing = total == 0 ? 0 : sim.random().nextInt(total + 1);
        while (passing > 0) {
            byte[] next = waiting.remove();
            int count = Math.min(passing, next.length);
            to.accept(count == next.length ? next : Arrays.copyOf(next, count));
            passing -= count;
        }
        waiting.clear();
    }

    /** Takes what the broker has written, and sees whether its end is closed. After each tick. */
    void poll() {
        byte[] bytes = wire.take();
        if (bytes.length > 0 && !silent && !broken) {
            down.add(bytes);
            lastDown = Math.max(lastDown, sim.now() + sim.networkNanos());
            sim.at(lastDown, this::arriveDown);
        }
        if (serverEndedAt == Long.MAX_VALUE && wire.isClosingByServer()) {
            serverEndedAt = sim.now();
        }
        if (!serverClosed && wire.isClosedByServer()) {
            serverClosed = true;
            if (!silent && !broken) {
                lastDown = Math.max(lastDown, sim.now() + sim.networkNanos());
                sim.at(lastDown, this::tellEnd);
            }
        }
    }

    private void arriveDown() {
        byte[] first = down.poll();
        if (first != null && !silent && !broken && !left) {
            client.onBytes(this, first);
        }
    }

    /** The broker's process is gone. */
    void serverGone(boolean noticedAtOnce) {
        poll();
        serverClosed = true;
        if (serverEndedAt == Long.MAX_VALUE) {
            serverEndedAt = sim.now();
            endedByCrash = true;
        }
        up.clear();
        long notice = noticedAtOnce ? sim.networkNanos() : sim.random().nextLong(5_000_000_000L);
        lastDown = Math.max(lastDown, sim.now() + notice);
        sim.at(lastDown, () -> {
            broken = true;
            tellEnd();
        });
    }

    private void tellEnd() {
        if (!endTold) {
            endTold = true;
            if (!left) {
                client.onEnd(this);
            }
        }
    }
}
