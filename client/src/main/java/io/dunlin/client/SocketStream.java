package io.dunlin.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Over a plain or a TLS socket. */
final class SocketStream implements ByteStream {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    SocketStream(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
