package io.dunlin.client.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The lowest stage without a socket: takes as many bytes as the test leaves room for. */
final class MemoryPipe extends Pipe {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    int room = Integer.MAX_VALUE;
    boolean finished;
    boolean closed;

    MemoryPipe(EventLoop loop, Channel.Listener upper) {
        super(loop, upper);
    }

    @Override
    void write(ByteBuffer bytes) {
        while (bytes.hasRemaining() && room > 0) {
            out.write(bytes.get());
            room--;
        }
    }

    @Override
    public void write(ByteBuffer[] buffers, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(buffers[i]);
        }
    }

    void makeRoom(int bytes) {
        room = bytes;
        upper().onWritable();
    }

    @Override
    boolean isOver() {
        return finished || closed;
    }

    @Override
    public void reading(boolean wanted) {
        // nothing is read here
    }

    @Override
    public void finish() {
        finished = true;
    }

    @Override
    public void close() {
        closed = true;
    }

    void end(@Nullable IOException cause) {
        upper().onClosed(cause);
    }

    @Override
    public @Nullable TlsInfo tls() {
        return null;
    }
}
