package io.dunlin.client.transport;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connected socket, TCP or unix. */
final class SocketPipe extends Pipe implements EventLoop.Handler {
    /** At most so much in one go: then the other connections of the loop have their turn. */
    private static final int TURN_BYTES = 1 << 20;
    /** How long the other side has to close after this side finished. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SocketChannel socket;
    private @Nullable SelectionKey key;
    private boolean wanted = true;
    private boolean blocked;
    private boolean over;
    private boolean lingering;
    private @Nullable Timer lingerEnd;

    SocketPipe(EventLoop loop, SocketChannel socket, Listener upper) {
        super(loop, upper);
        this.socket = socket;
    }

    /** Begins, with a socket that is connected and does not block. On the loop's thread. */
    void start() {
        try {
            key = loop().register(socket, SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException e) {
            fail(new IOException(String.valueOf(e.getMessage()), e));
            return;
        }
        upper().onOpen(this);
    }

    @Override
    public void onReady(SelectionKey ready) {
        if (lingering) {
            drain();
            return;
        }
        if (ready.isValid() && ready.isWritable()) {
            blocked = false;
            interest();
            upper().onWritable();
        }
        if (!over && wanted && ready.isValid() && ready.isReadable()) {
            read();
        }
    }

    private void read() {
        ByteBuffer buffer = loop().scratch().read.clear();
        int count;
        try {
            count = socket.read(buffer);
        } catch (IOException e) {
            fail(e);
            return;
        }
        if (count < 0) {
            fail(new EOFException("the server closed the connection"));
        } else if (count > 0) {
            upper().onBytes(buffer.flip());
        }
    }

    @Override
    public void onFault(Throwable fault) {
        fail(new IOException("a fault of the client: " + fault, fault));
    }

    @Override
    public void write(ByteBuffer[] buffers, int from, int count) {
        if (over || blocked) {
            return;
        }
        int end = from + count;
        int at = from;
        int left = TURN_BYTES;
        try {
            while (true) {
                while (at < end && !buffers[at].hasRemaining()) {
                    at++;
                }
                if (at == end) {
                    return;
                }
                ByteBuffer gathered = gather(buffers, at, end);
                int written = left > 0 ? socket.write(gathered) : 0;
                consume(buffers, at, written);
                left -= written;
                if (gathered.hasRemaining()) {
                    blocked = true;
                    interest();
                    return;
                }
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** As much as fits, copied; the buffers keep their positions. */
    private ByteBuffer gather(ByteBuffer[] buffers, int from, int end) {
        ByteBuffer gathered = loop().scratch().gathered.clear();
        for (int i = from; i < end && gathered.hasRemaining(); i++) {
            ByteBuffer bytes = buffers[i];
            int count = Math.min(bytes.remaining(), gathered.remaining());
            gathered.put(gathered.position(), bytes, bytes.position(), count);
            gathered.position(gathered.position() + count);
        }
        return gathered.flip();
    }

    private static void consume(ByteBuffer[] buffers, int from, int count) {
        int left = count;
        for (int i = from; left > 0; i++) {
            int part = Math.min(left, buffers[i].remaining());
            buffers[i].position(buffers[i].position() + part);
            left -= part;
        }
    }

    @Override
    void write(ByteBuffer bytes) {
        write(new ByteBuffer[] {bytes}, 0, 1);
    }

    @Override
    public void reading(boolean wished) {
        if (wanted != wished) {
            wanted = wished;
            interest();
        }
    }

    private void interest() {
        SelectionKey current = key;
        if (current != null && !over && current.isValid()) {
            current.interestOps((wanted ? SelectionKey.OP_READ : 0) | (blocked ? SelectionKey.OP_WRITE : 0));
        }
    }

    /** What was taken is with the operating system already: says so to the other side, and lets go. */
    @Override
    public void finish() {
        if (!loop().inLoop()) {
            loop().execute(this::finish);
            return;
        }
        if (over) {
            return;
        }
        over = true;
        try {
            socket.shutdownOutput();
            linger();
        } catch (IOException e) { // it is gone already
            release();
        }
        tell(null);
    }

    /** Closing with bytes unread would reset the connection, and the other side might not see what was sent last. */
    private void linger() {
        SelectionKey current = key;
        if (current == null || !current.isValid()) {
            release();
            return;
        }
        lingering = true;
        current.interestOps(SelectionKey.OP_READ);
        lingerEnd = loop().schedule(LINGER_NANOS, this::release);
    }

    private void drain() {
        try {
            if (socket.read(loop().scratch().read.clear()) < 0) {
                release();
            }
        } catch (IOException e) { // reset by the other side: as good as closed
            release();
        }
    }

    @Override
    public void close() {
        if (loop().inLoop()) {
            end(null);
        } else {
            loop().execute(() -> end(null));
        }
    }

    /** Closes at once. On the loop's thread. */
    void fail(IOException cause) {
        end(cause);
    }

    private void end(@Nullable IOException cause) {
        if (!over) {
            over = true;
            release();
            tell(cause);
        }
    }

    private void tell(@Nullable IOException cause) {
        loop().execute(() -> upper().onClosed(cause));
    }

    private void release() {
        lingering = false;
        if (lingerEnd != null) {
            lingerEnd.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("io.dunlin.client").log(System.Logger.Level.DEBUG, "A socket did not close.", e);
        }
    }

    @Override
    boolean isOver() {
        return over;
    }

    @Override
    public @Nullable TlsInfo tls() {
        return null;
    }
}
