package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A unix domain socket that takes lines and answers each with a line. Only the user of this process and root may connect: by the mode
 * of the socket, and by what the kernel says of the peer. A virtual thread for each connection; where there are too many, the one that
 * has been silent longest is closed. Thread: any.
 */
public final class ControlSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
    private static final int CONNECTIONS_MAX = 16;
    private static final int LINE_BYTES_MAX = 1 << 20;
    private static final int BUFFER_BYTES = 8_192;
    private static final int BACKLOG = 16;
    private static final long PAUSE_MILLIS = 1_000;
    static final String THROUGH = "control socket";

    /** Where the socket is made before it gets its name: nobody else can enter. Not longer than the name of the socket itself. */
    private static final String NURSERY = ".control";

    private final Path path;
    private final UserPrincipal owner; // by number: in a container, nobody may know the name of this process's user
    private final ServerSocketChannel server;
    private final Handler handler;
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final AtomicLong turns = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean closed;

    /** Answers lines. Thread: a virtual one for each connection; may block. */
    @FunctionalInterface
    public interface Handler {
        /** @param line without its end @return one line without its end */
        String answer(String line, Actor who);

        /**
         * Answers a line that asks for a file, with that.
         *
         * @return false, and nothing was written, where it asks for something else
         * @throws IOException where the other side has gone
         */
        default boolean download(String line, Actor who, OutputStream out) throws IOException {
            return false;
        }
    }

    private ControlSocket(Path path, UserPrincipal owner, ServerSocketChannel server, Handler handler) {
        this.path = path;
        this.owner = owner;
        this.server = server;
        this.handler = handler;
    }

    /**
     * Opens it. What an earlier broker has left there is replaced.
     *
     * @throws IOException with a sentence that says what to do, where another broker answers there, or it cannot be made
     */
    public static ControlSocket open(Path path, Handler handler) throws IOException {
        if (!SocketPath.fits(path)) {
            throw new IOException("the path of the control socket " + path + " has " + SocketPath.bytes(path)
                    + " bytes, and the system takes " + SocketPath.BYTES_MAX + ": set control.socket to a shorter one");
        }
        clear(path);
        Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(Path.of("/"));
        Path nursery = folder.resolve(NURSERY);
        Path infant = nursery.resolve("s");
        Files.deleteIfExists(infant);
        Files.deleteIfExists(nursery);
        Files.createDirectory(
                nursery, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        UserPrincipal owner;
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(infant), BACKLOG);
            owner = Files.getOwner(infant);
            Files.setPosixFilePermissions(infant, PosixFilePermissions.fromString("rw-------"));
            Files.move(infant, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        } finally {
            Files.deleteIfExists(infant);
            Files.deleteIfExists(nursery);
        }
        ControlSocket socket = new ControlSocket(path, owner, server, handler);
        Thread.ofVirtual().name("control").start(socket::accept);
        return socket;
    }

    /** Says no where somebody listens there or where it is something else than a socket. */
    private static void clear(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is in the place of the control socket: move it away, or set control.socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) { // nobody is there: left over from a broker that was killed
            return;
        }
        throw new IOException("another broker answers at the control socket " + path
                + ": stop it, or give this one another data folder or control.socket");
    }

    public Path path() {
        return path;
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel channel = server.accept();
                Peer peer = new Peer(channel);
                peers.add(peer);
                makeRoom();
                Thread.ofVirtual().name("control-peer").start(peer::serve);
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("the control socket took no connection: {}", e.toString());
                }
                if (!server.isOpen() || isClosedWithinPause()) {
                    return;
                }
            }
        }
    }

    /** No descriptors left, most likely: the next try would fail at once, too. */
    private boolean isClosedWithinPause() {
        try {
            return closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) { // nobody does
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void makeRoom() {
        while (peers.size() > CONNECTIONS_MAX) {
            Peer silent = null;
            for (Peer peer : peers) {
                if (!peer.busy && (silent == null || peer.lastTurn < silent.lastTurn)) {
                    silent = peer;
                }
            }
            if (silent == null) {
                return;
            }
            silent.close();
        }
    }

    /** One connection. */
    private final class Peer {
        private final SocketChannel channel;
        private volatile long lastTurn = turns.incrementAndGet();
        private volatile boolean busy;

        Peer(SocketChannel channel) {
            this.channel = channel;
        }

        void serve() {
            try (channel) {
                Optional<Actor> who = actor();
                if (who.isEmpty()) {
                    send("{\"ok\":false,\"error\":\"only the user of the broker and root may administer it\"}");
                    return;
                }
                ArrayDeque<String> lines = new ArrayDeque<>();
                LineBuffer input = new LineBuffer(LINE_BYTES_MAX);
                ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
                while (channel.read(buffer) >= 0) {
                    if (!input.take(buffer.flip(), lines)) {
                        send("{\"ok\":false,\"error\":\"a line has more than a mebibyte\"}");
                        return;
                    }
                    buffer.clear();
                    while (!lines.isEmpty()) {
                        answer(lines.remove(), who.get());
                    }
                }
            } catch (IOException e) {
                LOG.debug("a connection of the control socket ended", e);
            } finally {
                peers.remove(this);
            }
        }

        private void answer(String line, Actor who) throws IOException {
            lastTurn = turns.incrementAndGet();
            busy = true;
            try {
                if (!handler.download(line, who, Channels.newOutputStream(channel))) {
                    send(handler.answer(line, who));
                }
            } finally {
                busy = false;
            }
        }

        /** Empty for a user who may not. */
        private Optional<Actor> actor() throws IOException {
            if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
                return Optional.of(new Actor("", THROUGH));
            }
            UserPrincipal peer =
                    channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            String user = peer.getName();
            boolean may = peer.equals(owner) || user.equals("root") || user.equals("0");
            return may ? Optional.of(new Actor(user, THROUGH)) : Optional.empty();
        }

        private void send(String line) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        void close() {
            peers.remove(this);
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("a connection of the control socket could not be closed", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        closing.countDown();
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("the control socket {} could not be closed: {}", path, e.toString());
        }
        peers.forEach(Peer::close);
    }
}
