package io.dunlin.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** How the operating system is asked which sockets are ready. */
public enum LoopKind {
    /** Linux; the fastest measured. */
    EPOLL,
    /** Linux 5.14 and later; by option. */
    IO_URING,
    /** Everywhere. */
    NIO;

    /** Why this kind cannot run here, or null where it can. */
    @Nullable
    Throwable unavailabilityCause() {
        return switch (this) {
            case EPOLL -> Epoll.unavailabilityCause();
            case IO_URING -> IoUring.unavailabilityCause();
            case NIO -> null;
        };
    }

    IoHandlerFactory ioHandlerFactory() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    ServerChannel newServerSocket() {
        return switch (this) {
            case EPOLL -> new EpollServerSocketChannel();
            case IO_URING -> new IoUringServerSocketChannel();
            case NIO -> new NioServerSocketChannel();
        };
    }

    ServerChannel newServerDomainSocket() {
        return switch (this) {
            case EPOLL -> new EpollServerDomainSocketChannel();
            case IO_URING -> new IoUringServerDomainSocketChannel();
            case NIO -> new NioServerDomainSocketChannel();
        };
    }
}
