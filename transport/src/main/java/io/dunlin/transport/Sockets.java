package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sockets that bytes can be given to past Netty's queue. Thread: the one of the channel. */
final class Sockets {
    private Sockets() {}

    /** The socket of a channel under epoll, or null: with io_uring a write is under way while nothing waits for it. */
    static @Nullable Socket plain(Channel channel, LoopKind kind) {
        return kind == LoopKind.EPOLL && channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket
                ? socket
                : null;
    }

    /** How many of the bytes, from the first on, the socket has taken. */
    static int send(Socket socket, ByteBuf bytes) {
        if (!bytes.hasMemoryAddress() || !socket.isOpen()) { // a closed one's number may be another connection's
            return 0;
        }
        try {
            return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
        } catch (IOException broken) {
            return 0; // the channel, which is asked next, meets the same error and closes
        }
    }
}
