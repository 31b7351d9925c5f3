package io.dunlin.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stage between the socket and the listener that changes the bytes on their way. What the stage below does not take waits
 * here; as long as anything waits, nothing more is taken from above. All on the loop's thread but finish and close.
 */
abstract class Layer extends Pipe implements Channel.Listener {
    private @Nullable Pipe lower;
    private @Nullable ByteBuffer pending;
    private @Nullable IOException failure;
    private boolean roomWished;
    private boolean finishing;
    private boolean over;

    Layer(EventLoop loop, Channel.Listener upper) {
        super(loop, upper);
    }

    /** The stage below is open: shakes hands. */
    abstract void begin();

    /** Something waits no longer; called before anybody above hears of room. */
    void drained() {}

    /** Says goodbye, through {@link #down}. */
    void farewell() {}

    /** Whether this stage can take bytes from above; where not, it calls {@link #roomAgain} later. */
    boolean isReady() {
        return true;
    }

    @Override
    public final void onOpen(Channel channel) {
        lower = (Pipe) channel;
        begin();
    }

    final Pipe lower() {
        Pipe current = lower;
        if (current == null) {
            throw new IllegalStateException("not open yet");
        }
        return current;
    }

    /** Sends it to the stage below; what that does not take is kept. The buffer is free again afterwards. */
    final void down(ByteBuffer bytes) {
        ByteBuffer before = pending;
        if (before == null) {
            lower().write(bytes);
            if (bytes.hasRemaining()) {
                pending = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            }
        } else {
            pending = ByteBuffer.allocate(before.remaining() + bytes.remaining())
                    .put(before)
                    .put(bytes)
                    .flip();
        }
    }

    /** Whether bytes wait for the stage below. */
    final boolean isBlocked() {
        return pending != null;
    }

    /** Whether bytes from above may come now; where not, remembers to say when. */
    final boolean takes() {
        if (over || finishing) {
            return false;
        }
        roomWished = isBlocked() || !isReady();
        return !roomWished;
    }

    /** Not everything was taken from above. */
    final void roomWished() {
        roomWished = true;
    }

    /** Tells the one above, if it waits for that. */
    final void roomAgain() {
        if (roomWished && !over && !finishing && !isBlocked() && isReady()) {
            roomWished = false;
            upper().onWritable();
        }
    }

    @Override
    public final void onWritable() {
        ByteBuffer waiting = pending;
        if (waiting != null) {
            lower().write(waiting);
            if (waiting.hasRemaining()) {
                return;
            }
            pending = null;
        }
        if (finishing) {
            lower().finish();
            return;
        }
        drained();
        roomAgain();
    }

    @Override
    public void reading(boolean wanted) {
        if (!over) {
            lower().reading(wanted);
        }
    }

    @Override
    public final void finish() {
        if (!loop().inLoop()) {
            loop().execute(this::finish);
            return;
        }
        if (over || finishing) {
            return;
        }
        farewell();
        finishing = true;
        if (!isBlocked()) {
            lower().finish();
        }
    }

    @Override
    public final void close() {
        lower().close();
    }

    /** This stage gives up: what {@link #down} took goes out if it can, then the one above hears the cause. */
    final void fail(IOException cause) {
        if (over) {
            return;
        }
        failure = cause;
        over = true;
        if (isBlocked()) {
            lower().close();
        } else {
            lower().finish();
        }
    }

    /** What the one above should hear where the stage below ends by itself. */
    @Nullable
    IOException closing(@Nullable IOException cause) {
        return cause;
    }

    @Override
    public final void onClosed(@Nullable IOException cause) {
        over = true;
        pending = null;
        IOException told = failure;
        if (told == null) {
            told = finishing ? null : closing(cause);
        }
        upper().onClosed(told);
    }

    @Override
    final boolean isOver() {
        return over || finishing;
    }

    @Override
    public @Nullable TlsInfo tls() {
        return lower().tls();
    }
}
