package io.dunlin.transport;

import io.dunlin.transport.ListenerConfig.Address;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of unix domain sockets. */
final class UnixSockets {
    private static final Logger LOG = LoggerFactory.getLogger(UnixSockets.class);

    private UnixSockets() {}

    /** Removes the file that a process left behind which did not stop in order. @throws IOException where it is in use */
    static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new BindException("a file that is no socket is there; choose another path");
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new BindException(probe + ": address already in use");
        } catch (ConnectException e) {
            LOG.debug("nobody listens at {}: removing what is left", path, e);
            Files.delete(path);
        }
    }

    static void restrict(Address.Unix unix) throws IOException {
        if (!unix.mode().isEmpty()) {
            Files.setPosixFilePermissions(unix.path(), PosixFilePermissions.fromString(unix.mode()));
        }
    }

    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("the socket file {} cannot be removed: {}", path, Causes.sentence(e));
        }
    }
}
