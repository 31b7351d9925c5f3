package io.dunlin.client;

import io.dunlin.client.transport.Channel;
import io.dunlin.client.transport.Connector;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.EventLoop;
import io.dunlin.client.transport.NetworkOptions;
import io.dunlin.client.transport.OpenFailed;
import io.dunlin.client.transport.TlsInfo;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection on its loop: opens the channel, decodes what comes, and writes what others hand over, all that waits in one
 * go. Frames may be sent from any thread; they leave in the order in which they were handed over.
 */
final class Link implements Channel.Listener {
    private static final int BATCH_FRAMES = 512;
    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    /** What the owner hears, on the loop's thread. */
    interface Events {
        /** The channel is open; frames that were sent before leave after this call. */
        void onOpen();

        void onPacket(Packet packet);

        /** The last call, once. @param cause an {@link OpenFailed} where the channel never opened; null where this side ended it */
        void onEnd(@Nullable Throwable cause);

        /** What to send to a server that broke the protocol, before closing; empty for nothing. */
        byte[] farewell(ProtocolError error);
    }

    /** Hears what became of a frame: it is written, or the connection ended before. On the loop's thread, mostly. */
    interface Fate {
        void isWritten(boolean written);
    }

    private record Frame(
            ByteBuffer bytes, int count, @Nullable Fate fate) {
        void isWritten(boolean written) {
            if (fate != null) {
                fate.isWritten(written);
            }
        }
    }

    private final EventLoop loop;
    private final Events events;
    private final PacketBuffer packets;
    private final KeepAlive keepAlive;

    private final ReentrantLock lock = new ReentrantLock();
    private ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean flushDue;
    private boolean closing;
    private @Nullable Throwable closingCause;
    private boolean ended;

    private volatile boolean
            deaf; // what still comes is of no use: the connection ended, or the server broke the protocol

    // for the loop's thread
    private Connector.@Nullable Pending opening;
    private @Nullable Channel channel;
    private ArrayDeque<Frame> leaving = new ArrayDeque<>();
    private boolean full;
    private boolean finished;

    Link(EventLoop loop, PacketDecoder decoder, Events events, byte[] ping) {
        this.loop = loop;
        this.events = events;
        this.packets = new PacketBuffer(decoder);
        this.keepAlive = new KeepAlive(loop, fate -> send(ping, fate), () -> {
            end(new IOException("the server did not answer a ping"));
        });
    }

    /** Never blocks; {@link Events#onOpen} or {@link Events#onEnd} follows. Any thread, once. */
    void open(Endpoint endpoint, NetworkOptions network, String webSocketSubProtocol, long timeoutNanos) {
        loop.execute(() -> {
            if (!hasEnded()) {
                opening = Connector.open(endpoint, network, webSocketSubProtocol, timeoutNanos, loop, this);
            }
        });
    }

    /** Sends PINGREQ when nothing was sent for so long; 0 for never. [MQTT-3.1.2-20] */
    void keepAliveSeconds(int seconds) {
        onLoop(() -> {
            if (!hasEnded()) {
                keepAlive.start(seconds);
            }
        });
    }

    void pingAnswered() {
        onLoop(keepAlive::answered);
    }

    /** Whether to read on, asked on the loop, so that the last answer holds; what was read already still comes. Any thread. */
    void reading(BooleanSupplier wish) {
        onLoop(() -> {
            boolean wanted = wish.getAsBoolean();
            keepAlive.reading(wanted);
            if (channel != null) {
                channel.reading(wanted);
            }
        });
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    void send(byte[] bytes, @Nullable Fate fate) {
        Frame frame = new Frame(ByteBuffer.wrap(bytes), bytes.length, fate);
        boolean taken;
        boolean first = false;
        lock.lock();
        try {
            taken = !closing && !ended;
            if (taken) {
                waiting.add(frame);
                waitingBytes += bytes.length;
                first = !flushDue;
                flushDue = true;
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            loop.execute(this::flush);
        }
        if (!taken) {
            frame.isWritten(false);
        }
    }

    /** What {@link #send} took and was not written yet. */
    long waitingBytes() {
        lock.lock();
        try {
            return waitingBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Writes what waits, then closes. */
    void closeWhenWritten() {
        closeWhenWritten(null);
    }

    private void closeWhenWritten(@Nullable Throwable cause) {
        lock.lock();
        try {
            if (closing || ended) {
                return;
            }
            closing = true;
            closingCause = cause;
            deaf = cause != null;
        } finally {
            lock.unlock();
        }
        loop.execute(() -> {
            flush();
            if (channel == null) {
                end(cause);
            } else if (!hasEnded()) {
                loop.schedule(CLOSE_NANOS_MAX, () -> end(cause)); // where the server takes no more bytes
            }
        });
    }

    /** Closes at once; the first cause counts. Any thread. */
    void end(@Nullable Throwable cause) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            deaf = true;
        } finally {
            lock.unlock();
        }
        loop.execute(() -> ended(cause));
    }

    private void ended(@Nullable Throwable cause) {
        keepAlive.stop();
        if (channel != null) {
            channel.close();
        } else if (opening != null) {
            opening.cancel();
        }
        take();
        events.onEnd(cause);
        tell(leaving);
    }

    /** Moves what waits to what leaves. */
    private void take() {
        lock.lock();
        try {
            flushDue = false;
            if (leaving.isEmpty()) {
                ArrayDeque<Frame> taken = waiting;
                waiting = taken.size() > BATCH_FRAMES ? new ArrayDeque<>() : leaving;
                leaving = taken;
            } else {
                leaving.addAll(waiting);
                waiting.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void tell(ArrayDeque<Frame> dropped) {
        for (Frame frame = dropped.poll(); frame != null; frame = dropped.poll()) {
            frame.isWritten(false);
        }
    }

    private boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** What TLS agreed on; null before the channel is open or where there is none. On the loop's thread. */
    @Nullable
    TlsInfo tls() {
        return channel == null ? null : channel.tls();
    }

    @Override
    public void onOpen(Channel opened) {
        channel = opened;
        opening = null;
        if (hasEnded()) {
            opened.close();
            return;
        }
        try {
            events.onOpen();
            flush();
        } catch (RuntimeException | Error e) { // or nobody would hear that this goes nowhere
            end(e);
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        keepAlive.received();
        try {
            Packet packet = packets.next(bytes);
            while (packet != null && !deaf) {
                events.onPacket(packet);
                packet = packets.next(bytes);
            }
        } catch (ProtocolError e) {
            sayFarewell(e);
        } catch (RuntimeException | Error e) { // a fault of a handler ends this connection, not the loop
            end(e);
            System.getLogger("io.dunlin.client").log(System.Logger.Level.ERROR, "The connection failed.", e);
        }
        bytes.position(bytes.limit());
    }

    private void sayFarewell(ProtocolError error) {
        byte[] farewell = events.farewell(error);
        if (farewell.length == 0) {
            end(error);
        } else {
            send(farewell, null);
            closeWhenWritten(error);
        }
    }

    @Override
    public void onWritable() {
        full = false;
        flush();
    }

    private void flush() {
        take();
        Channel open = channel;
        if (open == null || finished || hasEnded()) {
            return;
        }
        while (!full && !leaving.isEmpty()) {
            write(open);
        }
        if (leaving.isEmpty() && isClosing()) {
            finished = true;
            open.finish();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void write(Channel open) {
        ByteBuffer[] batch = new ByteBuffer[Math.min(leaving.size(), BATCH_FRAMES)];
        int count = 0;
        long before = 0;
        for (Frame frame : leaving) {
            if (count == batch.length) {
                break;
            }
            before += frame.bytes.remaining();
            batch[count++] = frame.bytes;
        }
        open.write(batch, 0, count);
        full = batch[count - 1].hasRemaining();
        long after = 0;
        for (ByteBuffer bytes : batch) {
            after += bytes.remaining();
        }
        if (after < before) {
            keepAlive.sent();
        }
        lock.lock();
        try {
            waitingBytes -= before - after;
        } finally {
            lock.unlock();
        }
        for (Frame first = leaving.peek(); first != null && !first.bytes.hasRemaining(); first = leaving.peek()) {
            leaving.poll();
            first.isWritten(true);
        }
    }

    @Override
    public void onClosed(@Nullable IOException cause) {
        end(causeOf(cause));
    }

    /** An error after this side has decided to close is none. */
    private @Nullable Throwable causeOf(@Nullable IOException seen) {
        lock.lock();
        try {
            return closing ? closingCause : seen;
        } finally {
            lock.unlock();
        }
    }
}
