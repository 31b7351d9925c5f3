package io.dunlin.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** TCP or TLS on a connected socket. A virtual thread reads; the rest is on the test's thread. */
public class SocketWire implements Wire {
    private final Socket socket;
    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    private boolean ended;
    private boolean takes = true;

    public SocketWire(Socket socket) {
        this.socket = socket;
        try {
            socket.setTcpNoDelay(true);
            this.out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the thread that reads; once. */
    public final SocketWire start() {
        Thread.ofVirtual().name("wire-reader").start(this::readAll);
        return this;
    }

    @Override
    public void send(byte[] bytes) {
        try {
            write(out, bytes);
            out.flush();
        } catch (IOException e) {
            end(); // the other side is gone: what it said before can still be received
        }
    }

    /** Puts bytes of the conversation on the stream, in frames where the transport has some. */
    protected void write(OutputStream to, byte[] bytes) throws IOException {
        to.write(bytes);
    }

    /** Reads the next bytes of the conversation, without frames; throws EOFException at the end. */
    protected byte[] read(InputStream from) throws IOException {
        byte[] buffer = new byte[8192];
        int count = from.read(buffer);
        if (count < 0) {
            throw new EOFException();
        }
        return Arrays.copyOf(buffer, count);
    }

    private void readAll() {
        try {
            InputStream in = socket.getInputStream();
            while (true) {
                awaitTaking();
                byte[] bytes = read(in);
                lock.lock();
                try {
                    arrived.writeBytes(bytes);
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException e) {
            end();
        }
    }

    private void awaitTaking() {
        lock.lock();
        try {
            while (!takes && !ended) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte[] receive(Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (arrived.size() == 0 && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            byte[] bytes = arrived.toByteArray();
            arrived = new ByteArrayOutputStream();
            return bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the server", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isEnded() {
        lock.lock();
        try {
            return ended && arrived.size() == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closeSocket();
    }

    @Override
    public void cut() {
        try {
            socket.setSoLinger(true, 0); // a reset instead of an orderly end
        } catch (IOException e) {
            end(); // closed already
        }
        closeSocket();
    }

    private void closeSocket() {
        end();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void reading(boolean on) {
        lock.lock();
        try {
            takes = on;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the server has ended the connection. */
    public boolean awaitEnd(Duration patience) {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            while (!ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
