package io.dunlin.client;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection: a thread that reads and decodes, and one that writes what others hand over, as much as waits in one write.
 * The writing thread also keeps the connection alive.
 */
final class Link {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int READ_BYTES = 16 * 1024;

    /** What the owner hears. Packets come from the reading thread; the end comes once, from either thread. */
    interface Events {
        void onPacket(Packet packet);

        void onEnd(@Nullable Throwable cause);

        /** What to send to a server that broke the protocol, before closing; empty for nothing. */
        byte[] farewell(ProtocolError error);
    }

    /** Hears what became of a frame: the operating system has it, or the connection ended before. */
    interface Fate {
        void isWritten(boolean written);
    }

    private record Frame(byte[] bytes, @Nullable Fate fate) {
        void isWritten(boolean written) {
            if (fate != null) {
                fate.isWritten(written);
            }
        }
    }

    private final ByteStream stream;
    private final PacketDecoder decoder;
    private final Events events;
    private final byte[] ping;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long keepAliveNanos;
    private long pingSentAt;
    private boolean pingUnanswered;
    private boolean closing;
    private @Nullable Throwable closingCause;
    private boolean ended;

    private volatile boolean busy; // the reading thread is inside the owner, which may wait for a slow handler

    Link(ByteStream stream, PacketDecoder decoder, Events events, byte[] ping) {
        this.stream = stream;
        this.decoder = decoder;
        this.events = events;
        this.ping = ping;
    }

    void start() {
        thread("dunlin-reader", this::readLoop).start();
        thread("dunlin-writer", this::writeLoop).start();
    }

    private static Thread thread(String name, Runnable loop) {
        Thread thread = new Thread(loop, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Sends PINGREQ when nothing was sent for so long; 0 for never. [MQTT-3.1.2-20] */
    void keepAliveSeconds(int seconds) {
        lock.lock();
        try {
            keepAliveNanos = TimeUnit.SECONDS.toNanos(seconds);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void send(byte[] bytes, @Nullable Fate fate) {
        Frame frame = new Frame(bytes, fate);
        lock.lock();
        try {
            if (!closing && !ended) {
                waiting.add(frame);
                waitingBytes += bytes.length;
                changed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        frame.isWritten(false);
    }

    /** What {@link #send} took and was not handed to the operating system yet. */
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
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until this link has ended. @return false where it did not in that time */
    boolean awaitEnd(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (!ended) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void pingAnswered() {
        lock.lock();
        try {
            pingUnanswered = false;
        } finally {
            lock.unlock();
        }
    }

    /** Closes at once; the first cause counts. */
    void end(@Nullable Throwable cause) {
        ArrayDeque<Frame> dropped;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            dropped = waiting;
            waiting = new ArrayDeque<>();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            stream.close();
        } catch (IOException e) {
            if (cause != null) {
                cause.addSuppressed(e);
            }
        }
        events.onEnd(cause);
        tell(dropped, false);
    }

    private static void tell(ArrayDeque<Frame> frames, boolean written) {
        for (Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            frame.isWritten(written);
        }
    }

    private void readLoop() {
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        try {
            while (true) {
                int count = stream.read(buffer.array(), buffer.position(), buffer.remaining());
                if (count < 0) {
                    end(causeOf(new EOFException("the server closed the connection")));
                    return;
                }
                buffer.position(buffer.position() + count).flip();
                Packet packet = decoder.decode(buffer);
                while (packet != null) {
                    busy = true;
                    events.onPacket(packet);
                    busy = false;
                    packet = decoder.decode(buffer);
                }
                buffer = makeRoom(buffer);
            }
        } catch (IOException e) {
            end(causeOf(e));
        } catch (ProtocolError e) {
            sayFarewell(e);
        } catch (RuntimeException | Error e) { // a fault of a handler ends this connection, not the process
            end(e);
            throw e;
        }
    }

    /** Keeps the half packet at the end, in a buffer that has room for more. */
    private static ByteBuffer makeRoom(ByteBuffer buffer) {
        if (buffer.remaining() < buffer.capacity()) {
            return buffer.compact();
        }
        return ByteBuffer.allocate(buffer.capacity() * 2).put(buffer);
    }

    private void sayFarewell(ProtocolError error) {
        byte[] farewell = events.farewell(error);
        if (farewell.length == 0) {
            end(error);
            return;
        }
        send(farewell, null);
        lock.lock();
        try {
            closing = true;
            closingCause = error;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** An error after this side has decided to close is none. */
    private @Nullable Throwable causeOf(IOException seen) {
        lock.lock();
        try {
            return closing ? closingCause : seen;
        } finally {
            lock.unlock();
        }
    }

    private void writeLoop() {
        byte[] batch = new byte[BATCH_BYTES];
        ArrayDeque<Frame> taken = new ArrayDeque<>();
        try {
            while (true) {
                taken = take(taken);
                if (taken.isEmpty()) {
                    stream.finish();
                    end(closingCause());
                    return;
                }
                write(taken, batch);
                tell(taken, true);
            }
        } catch (IOException e) {
            end(causeOf(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(e);
        } finally {
            tell(taken, false);
        }
    }

    private @Nullable Throwable closingCause() {
        lock.lock();
        try {
            return closingCause;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for frames, or for the time to ping. Empty when this side wants to close and all is written. */
    private ArrayDeque<Frame> take(ArrayDeque<Frame> empty) throws InterruptedException, IOException {
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (closing || ended) {
                    return empty;
                }
                if (keepAliveNanos == 0) {
                    changed.await();
                } else if (changed.awaitNanos(keepAliveNanos) <= 0 && waiting.isEmpty()) {
                    pingDue();
                }
            }
            if (keepAliveNanos > 0 && pingUnanswered && System.nanoTime() - pingSentAt > keepAliveNanos && !busy) {
                throw new IOException("the server did not answer a ping");
            }
            ArrayDeque<Frame> full = waiting;
            waiting = empty;
            waitingBytes = 0;
            return full;
        } finally {
            lock.unlock();
        }
    }

    private void pingDue() throws IOException {
        if (pingUnanswered && !busy) {
            throw new IOException("the server did not answer a ping");
        }
        waiting.add(new Frame(ping, null));
        pingUnanswered = true;
        pingSentAt = System.nanoTime();
    }

    private void write(ArrayDeque<Frame> frames, byte[] batch) throws IOException {
        int filled = 0;
        for (Frame frame : frames) {
            byte[] bytes = frame.bytes;
            if (filled > 0 && filled + bytes.length > batch.length) {
                stream.write(batch, 0, filled);
                filled = 0;
            }
            if (bytes.length > batch.length) {
                stream.write(bytes, 0, bytes.length);
            } else {
                System.arraycopy(bytes, 0, batch, filled, bytes.length);
                filled += bytes.length;
            }
        }
        if (filled > 0) {
            stream.write(batch, 0, filled);
        }
    }
}
