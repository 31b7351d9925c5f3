package io.dunlin.client.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS with the JDK's engine. Of the bytes that came it keeps half a record at most, so that an idle connection has no buffer;
 * the engine's long computations run on threads of their own, and what comes meanwhile waits.
 */
final class TlsLayer extends Layer {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int HEAD_BYTES = 5;
    private static final int TYPE_MIN = 20;
    private static final int TYPE_MAX = 24;

    private final SSLEngine engine;
    private @Nullable ByteBuffer record;
    private @Nullable ByteBuffer held;
    private boolean open;
    private boolean computing;
    private boolean wanted = true;

    TlsLayer(EventLoop loop, Channel.Listener upper, SSLEngine engine) {
        super(loop, upper);
        this.engine = engine;
    }

    @Override
    void begin() {
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            fail(e);
            return;
        }
        drive(NOTHING);
    }

    @Override
    boolean isReady() {
        return open && !computing;
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (computing) {
            hold(bytes);
        } else {
            drive(bytes);
        }
        bytes.position(bytes.limit());
    }

    private void hold(ByteBuffer bytes) {
        ByteBuffer before = held == null ? NOTHING : held;
        held = ByteBuffer.allocate(before.remaining() + bytes.remaining())
                .put(before)
                .put(bytes)
                .flip();
    }

    /** Goes on with whatever the engine wants, until it wants what is not there. */
    private void drive(ByteBuffer in) {
        try {
            while (!isOver()) {
                HandshakeStatus status = engine.getHandshakeStatus();
                if (status == HandshakeStatus.NEED_TASK) {
                    compute();
                    break;
                }
                if (status == HandshakeStatus.NEED_WRAP) {
                    if (!seal()) {
                        break;
                    }
                } else if (!open && status == HandshakeStatus.NOT_HANDSHAKING) {
                    open = true;
                    upper().onOpen(this);
                } else {
                    ByteBuffer next = nextRecord(in);
                    if (next == null) {
                        break;
                    }
                    unwrap(next);
                    if (next != in && next.hasRemaining()) { // the engine has something else to do first
                        record = next.compact();
                    }
                }
            }
        } catch (SSLException e) {
            sealGoodbye();
            fail(e);
        }
        if (computing && in.hasRemaining()) {
            hold(in);
        }
    }

    /** A buffer with a whole record at its position, or null. */
    private @Nullable ByteBuffer nextRecord(ByteBuffer in) {
        ByteBuffer half = record;
        if (half == null) {
            if (!in.hasRemaining()) {
                return null;
            }
            int bytes = in.remaining() < HEAD_BYTES ? HEAD_BYTES : recordBytes(in, in.position());
            if (in.remaining() >= bytes) {
                return in;
            }
            half = ByteBuffer.allocate(bytes);
        }
        fill(half, in);
        if (!half.hasRemaining() && recordBytes(half, 0) > half.capacity()) {
            half = ByteBuffer.allocate(recordBytes(half, 0)).put(half.flip());
            fill(half, in);
        }
        record = half.hasRemaining() ? half : null;
        return half.hasRemaining() ? null : half.flip();
    }

    /** Of what is no TLS at all the head is enough: the engine says so. */
    private static int recordBytes(ByteBuffer in, int at) {
        int type = in.get(at);
        boolean isTls = type >= TYPE_MIN && type <= TYPE_MAX;
        return isTls ? HEAD_BYTES + (in.getShort(at + 3) & 0xFFFF) : HEAD_BYTES;
    }

    private static void fill(ByteBuffer half, ByteBuffer in) {
        int count = Math.min(half.remaining(), in.remaining());
        half.put(half.position(), in, in.position(), count);
        half.position(half.position() + count);
        in.position(in.position() + count);
    }

    private void unwrap(ByteBuffer in) throws SSLException {
        int room = engine.getSession().getApplicationBufferSize();
        ByteBuffer plain = loop().scratch().plain(room);
        SSLEngineResult result = engine.unwrap(in, plain);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            plain = loop().scratch()
                    .plain(Math.max(room * 2, engine.getSession().getApplicationBufferSize()));
            result = engine.unwrap(in, plain);
        }
        if (result.getStatus() == Status.BUFFER_UNDERFLOW || result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new SSLException("the server sent what is no TLS record, does it speak TLS there?");
        }
        if (plain.flip().hasRemaining()) {
            upper().onBytes(plain);
        }
        if (result.getStatus() == Status.CLOSED && !isOver()) {
            sealGoodbye();
            fail(new EOFException("the server closed the connection"));
        }
    }

    /** Sends what the engine has to say by itself. @return false where it had nothing */
    private boolean seal() throws SSLException {
        ByteBuffer sealed = loop().scratch().sealed(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(NOTHING, sealed);
        boolean said = sealed.flip().hasRemaining();
        if (said) {
            down(sealed);
        }
        return said || result.getStatus() == Status.OK;
    }

    private void sealGoodbye() {
        engine.closeOutbound();
        try {
            while (!engine.isOutboundDone() && seal()) {
                Thread.onSpinWait();
            }
        } catch (SSLException e) { // the engine is beyond saying anything: the end itself has to do
            System.getLogger("io.dunlin.client").log(System.Logger.Level.DEBUG, "TLS ended without a goodbye.", e);
        }
    }

    private void compute() {
        computing = true;
        lower().reading(false);
        Helpers.COMPUTING.execute(() -> {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            loop().execute(this::computed);
        });
    }

    private void computed() {
        computing = false;
        if (isOver()) {
            return;
        }
        lower().reading(wanted);
        ByteBuffer in = held == null ? NOTHING : held;
        held = null;
        drive(in);
        roomAgain();
    }

    @Override
    public void reading(boolean wished) {
        wanted = wished;
        if (!computing) {
            super.reading(wished);
        }
    }

    @Override
    public void write(ByteBuffer[] buffers, int from, int count) {
        if (!takes()) {
            return;
        }
        int end = from + count;
        int at = next(buffers, from, end);
        try {
            while (at < end && !isOver()) {
                int packetBytes = engine.getSession().getPacketBufferSize();
                ByteBuffer sealed = loop().scratch().sealed(packetBytes);
                Status status = Status.OK;
                while (at < end && sealed.remaining() >= packetBytes && status == Status.OK) {
                    status = engine.wrap(buffers, at, end - at, sealed).getStatus();
                    at = next(buffers, at, end);
                }
                down(sealed.flip());
                if (status != Status.OK) {
                    throw new SSLException("TLS ended while data was sent");
                }
                if (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) { // keys are due to be changed
                    drive(NOTHING);
                }
                if (isBlocked() || !isReady()) {
                    roomWished();
                    return;
                }
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    private static int next(ByteBuffer[] buffers, int from, int end) {
        int at = from;
        while (at < end && !buffers[at].hasRemaining()) {
            at++;
        }
        return at;
    }

    @Override
    void write(ByteBuffer bytes) {
        write(new ByteBuffer[] {bytes}, 0, 1);
    }

    @Override
    void farewell() {
        sealGoodbye();
    }

    @Override
    @Nullable
    IOException closing(@Nullable IOException cause) {
        if (open || cause == null || cause instanceof SSLException || cause instanceof SocketTimeoutException) {
            return cause;
        }
        return new SSLException(
                "the server ended the handshake (" + cause.getMessage() + "), does it speak TLS there?", cause);
    }

    @Override
    public TlsInfo tls() {
        SSLSession session = engine.getSession();
        List<Certificate> certificates;
        try {
            certificates = List.of(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            certificates = List.of();
        }
        String application = engine.getApplicationProtocol();
        return new TlsInfo(
                session.getProtocol(), session.getCipherSuite(), application == null ? "" : application, certificates);
    }
}
