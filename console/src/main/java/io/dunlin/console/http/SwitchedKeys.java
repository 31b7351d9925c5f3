package io.dunlin.console.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a server, which may be others from one handshake to the next. One that has begun goes on with those that it has chosen,
 * which it names by their alias: each set of keys has one of its own. Thread: any.
 */
final class SwitchedKeys extends X509ExtendedKeyManager {
    private volatile Keys keys;

    private record Keys(X509ExtendedKeyManager now, X509ExtendedKeyManager before) {}

    SwitchedKeys(X509ExtendedKeyManager first) {
        keys = new Keys(first, first);
    }

    /** For handshakes from now on. */
    void use(X509ExtendedKeyManager next) {
        keys = new Keys(next, keys.now());
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return keys.now().getClientAliases(keyType, issuers);
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return keys.now().chooseClientAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return keys.now().getServerAliases(keyType, issuers);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return keys.now().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return keys.now().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        Keys both = keys;
        X509Certificate[] chain = both.now().getCertificateChain(alias);
        return chain == null ? both.before().getCertificateChain(alias) : chain;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        Keys both = keys;
        PrivateKey key = both.now().getPrivateKey(alias);
        return key == null ? both.before().getPrivateKey(alias) : key;
    }
}
