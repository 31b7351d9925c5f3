package io.dunlin.client;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Over a unix domain socket. */
final class UnixStream implements ByteStream {
    private final SocketChannel channel;

    private UnixStream(SocketChannel channel) {
        this.channel = channel;
    }

    static UnixStream open(Path path) throws IOException {
        return new UnixStream(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
