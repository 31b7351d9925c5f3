package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.ShardExecutor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a channel, and the only one of a plain connection. What goes out is collected in a heap buffer of the
 * shard and becomes one write at the flush; an idle connection holds no buffer. Thread: the shard's; during a move the old
 * shard's until the channel has left it.
 *
 * <p>An orderly close sends what is pending and the end of the stream, tells the core, and keeps the socket for a moment to
 * read what still comes: a socket closed with unread bytes resets the connection, and the peer would lose the last packet.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(NettyConnection.class);

    private static final int SHARED_BYTES_MIN = 16 << 10;
    private static final long CONGESTED_BYTES = 64 << 10;
    private static final long DRAINED_BYTES = 32 << 10;
    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long LINGER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    /** What Netty counts for a waiting write besides its bytes. */
    private static final int ENTRY_OVERHEAD =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    // for the life of the connection
    private final ConnectionInfo info;
    private final Channel channel;
    private final @Nullable WebSocketFrames frames;
    private final @Nullable Socket socket;
    private LoopExecutor shard;
    private @Nullable ConnectionEvents events;

    // what goes out; unflushed: given to the channel, but not flushed; queued: the channel may hold something
    private @Nullable ByteBuffer out;
    private int outEnd;
    private int unflushedBytes;
    private int unflushedEntries;
    private boolean queued;
    private boolean flushing;
    private boolean congested;

    // how it ends
    private boolean inputEnded;
    private int endStatus;
    private boolean closing;
    private boolean lingering;
    private boolean finished;
    private @Nullable Throwable cause;
    private ShardExecutor.@Nullable Timer closer;
    private @Nullable Move move;

    private record Move(LoopExecutor target, Runnable arrived) {}

    NettyConnection(ConnectionInfo info, Channel channel, LoopExecutor shard, @Nullable WebSocketFrames frames) {
        this.info = info;
        this.channel = channel;
        this.shard = shard;
        this.frames = frames;
        this.socket = frames == null && info.tls() == null ? Sockets.plain(channel, shard.kind()) : null;
    }

    /** Shows the connection to the core. */
    void begin(Acceptor acceptor) {
        try {
            events = acceptor.accepted(this, shard);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    // ---- in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            ByteBuffer inbound = ShardThread.current().inbound;
            while (bytes.isReadable() && takesInput()) {
                inbound.clear().limit(Math.min(bytes.readableBytes(), inbound.capacity()));
                bytes.readBytes(inbound);
                inbound.flip();
                if (frames == null) {
                    deliver(inbound);
                } else {
                    frames.read(inbound, this);
                }
            }
        } finally {
            bytes.release();
        }
    }

    /** Whether bytes of the peer still count. */
    boolean takesInput() {
        return takesBytes() && endStatus == 0;
    }

    private boolean takesBytes() {
        return !closing && !finished;
    }

    /** Answers a ping, unless the peer does not even read the answers to earlier ones. */
    void pong(ByteBuffer payload) {
        if (pendingInChannel() <= CONGESTED_BYTES) {
            handOn(0);
            ByteBuf frame = channel.alloc().directBuffer(2 + payload.remaining());
            WebSocketFrames.writeHeader(frame, WebSocketFrames.PONG, payload.remaining());
            write(frame.writeBytes(payload));
            flush();
        }
    }

    /** Gives bytes to the core. */
    void deliver(ByteBuffer bytes) {
        ConnectionEvents to = events;
        if (to == null || !takesBytes()) {
            return;
        }
        try {
            to.onBytes(bytes);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** A fault of ours: it ends this connection and nothing else. */
    private void failed(Throwable fault) {
        LOG.error(
                "closing the connection from {} on listener {} because of a fault",
                info.peer(),
                info.listener(),
                fault);
        broken(fault);
    }

    private void broken(Throwable why) {
        if (cause == null) {
            cause = why;
        }
        abort();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent) {
            inputEnded();
        }
    }

    /** The peer has sent all it had; what the core answers in this tick still goes out. */
    void inputEnded() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        // Netty's epoll cannot ask for a socket again once it has asked for nothing: it must wait for something until
        // all is
        // sent, for reading at first and then for writing.
        channel.config().setWriteSpinCount(Integer.MAX_VALUE);
        if (lingering) {
            closeChannel();
        } else if (move == null) {
            channel.config().setAutoRead(true);
            shard.atTickEnd(this::close);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        broken(thrown);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closer != null) {
            closer.cancel();
            closer = null;
        }
        finish();
    }

    private void finish() {
        Move leaving = move;
        if (leaving != null) {
            move = null;
            leaving.target().execute(() -> {
                shard = leaving.target();
                arrived(leaving);
                finish();
            });
            return;
        }
        if (finished) {
            return;
        }
        finished = true;
        dropOut();
        ConnectionEvents to = events;
        events = null;
        if (to == null) {
            return;
        }
        try {
            to.onClosed(cause);
        } catch (RuntimeException | Error e) {
            LOG.error("the end of the connection from {} on listener {} failed", info.peer(), info.listener(), e);
        }
    }

    @Override
    public void reading(boolean on) {
        if (takesBytes() && move == null && !inputEnded) {
            channel.config().setAutoRead(on);
        }
    }

    // ---- out

    @Override
    public ByteBuffer reserve(int bytes) {
        if (!takesBytes()) {
            return ByteBuffer.allocate(bytes);
        }
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = ShardThread.current().outbound.take(bytes);
        } else {
            buffer.clear().position(outEnd);
            if (buffer.remaining() < bytes) {
                buffer = more(buffer, bytes);
            }
        }
        out = buffer;
        outEnd = buffer.position() + bytes;
        return buffer;
    }

    /** A larger buffer with the same bytes, or, where that would be too large, an empty one after these were handed on. */
    private ByteBuffer more(ByteBuffer full, int bytes) {
        OutBuffers pool = ShardThread.current().outbound;
        if (outEnd + bytes > OutBuffers.LARGE) {
            handOn(0);
            return pool.take(bytes);
        }
        ByteBuffer larger = pool.take(outEnd + bytes);
        larger.put(full.flip());
        pool.give(full);
        return larger;
    }

    @Override
    public void append(byte[] shared, int offset, int length) {
        if (length < SHARED_BYTES_MIN) {
            reserve(length).put(shared, offset, length);
        } else if (takesBytes()) {
            handOn(length);
            write(ShardThread.current().shared(shard, shared, offset, length));
        }
    }

    /**
     * Gives the collected bytes to the channel.
     *
     * @param following bytes that come right after them as a write of their own
     */
    private void handOn(int following) {
        ByteBuffer collected = out;
        int bytes = collected == null ? 0 : outEnd;
        int all = bytes + following;
        if (all == 0) {
            return;
        }
        int header = frames == null ? 0 : WebSocketFrames.headerBytes(all);
        if (header + bytes > 0) {
            ByteBuf buffer = buffer(header + bytes);
            if (frames != null) {
                WebSocketFrames.writeHeader(buffer, WebSocketFrames.BINARY, all); // [MQTT-6.0.0-1]
            }
            if (collected != null) {
                buffer.writeBytes(collected.clear().limit(bytes));
            }
            write(buffer);
        }
        dropOut();
    }

    private ByteBuf buffer(int bytes) {
        if (bytes <= ShardThread.WRITE_BYTES_MAX
                && socket == null
                && unflushedEntries == 0
                && shard.kind() != LoopKind.IO_URING
                && pendingInChannel() == 0) {
            return ShardThread.current().writeBuffer();
        }
        return channel.alloc().directBuffer(bytes);
    }

    private void write(ByteBuf bytes) {
        queued = true;
        unflushedBytes += bytes.readableBytes();
        unflushedEntries++;
        channel.write(bytes, channel.voidPromise());
    }

    private void dropOut() {
        if (out != null) {
            ShardThread.current().outbound.give(out);
            out = null;
        }
    }

    @Override
    public void flush() {
        if (!takesBytes() || isSentAtOnce()) {
            return;
        }
        handOn(0);
        if (unflushedEntries == 0) {
            return;
        }
        flushing = true;
        unflushedBytes = 0;
        unflushedEntries = 0;
        channel.flush();
        flushing = false;
        long pending = pendingInChannel();
        queued = pending > 0;
        if (!congested) {
            congested = pending > CONGESTED_BYTES;
        } else if (pending < DRAINED_BYTES) {
            shard.execute(this::drained);
        }
    }

    /**
     * Whether the socket has taken all that was collected, without the channel's queue: its objects are cold for all but a
     * few connections, and cost as much as the core. What it has not taken stays collected.
     */
    private boolean isSentAtOnce() {
        ByteBuffer collected = out;
        if (socket == null || collected == null || queued || outEnd > ShardThread.SEND_BYTES_MAX) {
            return false;
        }
        ByteBuf bytes = ShardThread.current().sendBuffer();
        int sent = Sockets.send(socket, bytes.writeBytes(collected.clear().limit(outEnd)));
        if (sent == outEnd) {
            dropOut();
            return true;
        }
        collected.clear().position(sent).limit(outEnd).compact();
        outEnd -= sent;
        return false;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!flushing) {
            drained();
        }
    }

    private void drained() {
        ConnectionEvents to = events;
        if (!congested || to == null || !takesBytes() || move != null || pendingInChannel() >= DRAINED_BYTES) {
            return;
        }
        congested = false;
        try {
            to.onDrained();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    @Override
    public long pendingBytes() {
        if (!takesBytes()) {
            return 0;
        }
        return (out == null ? 0 : outEnd) + unflushedBytes + pendingInChannel();
    }

    /** Bytes that were flushed and that the socket has not taken; with TLS, their encrypted form. */
    private long pendingInChannel() {
        if (!queued) {
            return 0;
        }
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting == null || waiting.isEmpty()) {
            return 0;
        }
        long counted =
                waiting.totalPendingWriteBytes() - waiting.currentProgress() - (long) ENTRY_OVERHEAD * waiting.size();
        // With TLS the writes that are not flushed wait before this buffer, otherwise in it.
        boolean unflushedInside = info.tls() == null;
        return unflushedInside ? counted - unflushedBytes - (long) ENTRY_OVERHEAD * unflushedEntries : counted;
    }

    // ---- the end

    @Override
    public void close() {
        if (!takesBytes() || move != null) {
            return;
        }
        end(frames == null || endStatus != 0 ? endStatus : WebSocketFrames.NORMAL_CLOSURE);
    }

    /** Ends a WebSocket with this status, after what the core answers in this tick. Nothing that comes counts any more. */
    void endWebSocket(int status) {
        endStatus = status;
        if (move == null) {
            shard.atTickEnd(this::endWebSocket);
        }
    }

    private void endWebSocket() {
        if (move == null) {
            end(endStatus);
        }
    }

    /** Sends what is pending, a WebSocket close frame with this status where it is not 0, and the end of the stream. */
    private void end(int webSocketStatus) {
        if (!takesBytes()) {
            return;
        }
        handOn(0);
        closing = true;
        closeLater(CLOSE_NANOS_MAX);
        ByteBuf last = webSocketStatus == 0 ? Unpooled.EMPTY_BUFFER : WebSocketFrames.closeFrame(webSocketStatus);
        channel.writeAndFlush(last).addListener(written -> {
            if (written.isSuccess()) {
                allSent();
            } else { // a TLS engine sends nothing more once the peer has said close_notify
                closeChannel();
            }
        });
    }

    private void allSent() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            endOutput();
        } else {
            tls.closeOutbound().addListener(closed -> endOutput());
        }
    }

    private void endOutput() {
        shard.execute(this::finish);
        if (inputEnded || !(channel instanceof DuplexChannel stream)) {
            closeChannel();
            return;
        }
        lingering = true;
        stream.shutdownOutput();
        channel.config().setAutoRead(true);
        closeLater(LINGER_NANOS_MAX);
    }

    @Override
    public void abort() {
        closing = true;
        dropOut();
        closeChannel();
    }

    private void closeLater(long delayNanos) {
        if (closer != null) {
            closer.cancel();
        }
        closer = shard.schedule(delayNanos, this::closeChannel);
    }

    private void closeChannel() {
        Channel.Unsafe unsafe = channel.unsafe();
        unsafe.close(unsafe.voidPromise());
    }

    // ---- from shard to shard

    @Override
    public void moveTo(ShardExecutor target, Runnable arrived) {
        if (finished || move != null) {
            return;
        }
        Move moving = new Move((LoopExecutor) target, arrived);
        if (moving.target() == shard) {
            shard.execute(() -> arrived(moving));
            return;
        }
        flush();
        move = moving;
        if (closing || !channel.isActive()) {
            return; // finish() is on its way, and goes over to the target
        }
        channel.config().setAutoRead(false);
        // A write that waits belongs to this loop, which may have a task for it: leave after it. And after the tick, at
        // whose
        // end the core may flush once more.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> shard.atTickEnd(this::leave));
    }

    private void leave() {
        Move moving = move;
        if (moving == null || !channel.isActive()) {
            return;
        }
        // As a task of its own: io_uring tells of the end before it is complete.
        channel.deregister().addListener(left -> shard.execute(this::enter));
    }

    /** The last that runs on the old shard. */
    private void enter() {
        Move moving = move;
        if (moving != null) {
            SingleThreadIoEventLoop loop = moving.target().loop();
            // The listener must be there before the registration is, or reads could come before it.
            ChannelPromise entered = new DefaultChannelPromise(channel, loop);
            entered.addListener(registered -> arrive(registered.cause()));
            loop.register(entered);
        }
    }

    /** Runs on the target. */
    private void arrive(@Nullable Throwable failure) {
        Move moving = move;
        if (moving == null) {
            return;
        }
        move = null;
        shard = moving.target();
        if (failure != null) {
            cause = failure;
            arrived(moving);
            finish();
            return;
        }
        if (!closing) {
            channel.config().setAutoRead(true);
        }
        arrived(moving);
        if (inputEnded || endStatus != 0) {
            shard.atTickEnd(this::close);
        }
        drained();
    }

    private void arrived(Move moving) {
        try {
            moving.arrived().run();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }
}
