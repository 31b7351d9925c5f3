package io.dunlin.transport;

import io.dunlin.broker.port.Admission;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection that was taken: says once that its TLS handshake is over, and once that it is gone. Thread: any. */
final class Admitted {
    private final Admission admission;
    private final String listener;
    private final SocketAddress peer;
    private final AtomicBoolean shaking = new AtomicBoolean();
    private final AtomicBoolean gone = new AtomicBoolean();

    Admitted(Admission admission, String listener, SocketAddress peer) {
        this.admission = admission;
        this.listener = listener;
        this.peer = peer;
    }

    /** Whether its TLS handshake may begin. */
    boolean beginsTls() {
        boolean may = admission.beginsTls(listener, peer);
        shaking.set(may);
        return may;
    }

    void endedTls() {
        if (shaking.compareAndSet(true, false)) {
            admission.endedTls(listener, peer);
        }
    }

    void left() {
        endedTls();
        if (gone.compareAndSet(false, true)) {
            admission.left(listener, peer);
        }
    }
}
