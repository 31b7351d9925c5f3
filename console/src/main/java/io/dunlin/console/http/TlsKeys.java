package io.dunlin.console.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** The files of the server's TLS, which may be taken anew while it runs. Thread: any. */
final class TlsKeys {
    private final Path certfile;
    private final Path keyfile;
    private final SwitchedKeys keys;

    private TlsKeys(Path certfile, Path keyfile, SwitchedKeys keys) {
        this.certfile = certfile;
        this.keyfile = keyfile;
        this.keys = keys;
    }

    /** @throws IOException with a sentence that says what to do, where the files cannot be used */
    static TlsKeys read(Path certfile, Path keyfile) throws IOException {
        return new TlsKeys(certfile, keyfile, new SwitchedKeys(PemKeys.read(certfile, keyfile)));
    }

    /** Takes the files as they are now for handshakes from now on. @throws IOException as above; it goes on with the keys that it has */
    void reload() throws IOException {
        keys.use(PemKeys.read(certfile, keyfile));
    }

    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JDK cannot speak TLS: " + e.getMessage(), e);
        }
    }
}
