package io.dunlin.security.password;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.password.Hashing.Verdict;
import io.dunlin.security.password.UserDirectory.Entry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the end of a chain with {@link PasswordSource}s. Hashes the passwords of unknown users, who are refused as late as
 * known ones, and speaks SCRAM for the users of all of them, since a client says its name only within the exchange. Thread: any.
 */
public final class PasswordEnd implements LoginSource {
    private static final byte[] DECOY_SALT = {'s', 'a', 'l', 't'};

    private final List<PasswordSource> sources;
    private final Hashing hashing;

    /** @param sources those of the chain, in its order; the first that knows a name decides about it */
    public PasswordEnd(List<PasswordSource> sources, Hashing hashing) {
        this.sources = List.copyOf(sources);
        this.hashing = hashing;
    }

    @Override
    public String name() {
        return "passwords";
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        String user = credentials.username();
        byte[] password = credentials.password();
        Credential decoy = user == null || password == null ? null : decoy(hashing.decoyDigest(user));
        if (decoy == null || password == null) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        return hashing.check(decoy, password)
                .thenApply(verdict -> verdict == Verdict.BUSY ? PasswordSource.BUSY : LoginAnswer.UNKNOWN);
    }

    /** Something like the credential of a real user, the same for this name each time. */
    private @Nullable Credential decoy(byte[] digest) {
        return pick(
                digest,
                sources.stream().map(source -> source.users().credentials()).toList());
    }

    private static <T> @Nullable T pick(byte[] digest, List<List<T>> lists) {
        long size = 0;
        for (List<T> list : lists) {
            size += list.size();
        }
        if (size == 0) {
            return null;
        }
        long at = Math.floorMod(ByteBuffer.wrap(digest).getLong(), size);
        for (List<T> list : lists) {
            if (at < list.size()) {
                return list.get((int) at);
            }
            at -= list.size();
        }
        throw new IllegalStateException("a list has changed its size");
    }

    @Override
    public List<String> methods() {
        boolean scram = sources.stream() // a user of the store may get such keys at any time
                .anyMatch(source -> source.name().equals(PasswordSource.BUILT_IN)
                        || !source.users().scramKeys().isEmpty());
        return scram ? List.of(ScramSha256.METHOD) : List.of();
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        if (!method.equals(ScramSha256.METHOD)) {
            throw new IllegalArgumentException("there is no method " + method);
        }
        return new ScramSha256(this, credentials);
    }

    /** A user who can log in by SCRAM, and where it stands. */
    record Found(PasswordSource source, Entry entry, ScramKeys keys) {}

    /** The user of this name, null where there is none, it is disabled or what is kept of its password does not serve SCRAM. */
    @Nullable
    Found find(String user) {
        for (PasswordSource source : sources) {
            Entry entry = source.users().find(user);
            if (entry != null) {
                return entry.enabled() && entry.credential() instanceof ScramKeys keys
                        ? new Found(source, entry, keys)
                        : null;
            }
        }
        return null;
    }

    /** What an unknown user is answered with: it looks like real keys, is the same for this name each time, and matches nothing. */
    ScramKeys decoyKeys(String user) {
        byte[] digest = hashing.decoyDigest(user);
        ScramKeys model = pick(
                digest,
                sources.stream().map(source -> source.users().scramKeys()).toList());
        int iterations = model == null ? ScramKeys.ITERATIONS_DEFAULT : model.iterations();
        int saltBytes = model == null ? ScramKeys.SALT_BYTES : model.salt().length;
        byte[] salt = Pbkdf2.derive(Pbkdf2.HMAC_SHA_256, digest, DECOY_SALT, 1, saltBytes);
        return new ScramKeys(iterations, salt, new byte[32], digest);
    }
}
