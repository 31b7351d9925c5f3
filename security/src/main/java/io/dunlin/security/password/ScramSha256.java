package io.dunlin.security.password;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.text.SaslPrep;
import io.dunlin.security.login.Login;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677): the client's first message comes with CONNECT or AUTH, then one
 * more AUTH each way. Answers at once, some 20 µs, so it may run on a shard.
 *
 * <p>Channel binding is not offered: a client that says "n" or "y" is served, one that asks for it ("p=") is refused. An unknown user,
 * or one whose stored hash does not serve SCRAM, gets a salt like any other and fails at the end like a wrong password. Names are
 * prepared by {@link SaslPrep}; those of the configuration are expected in that form. One call at a time.
 */
final class ScramSha256 implements Exchange {
    static final String METHOD = "SCRAM-SHA-256";
    private static final int MESSAGE_BYTES_MAX = 4_096;
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final PasswordEnd users;
    private final Credentials credentials;
    private final String serverNonce;
    private @Nullable Round round; // from the first message to the last
    private boolean over;

    ScramSha256(PasswordEnd users, Credentials credentials) {
        this(users, credentials, nonce());
    }

    ScramSha256(PasswordEnd users, Credentials credentials, String serverNonce) {
        this.users = users;
        this.credentials = credentials;
        this.serverNonce = serverNonce;
    }

    private static String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public CompletionStage<Outcome> next(byte[] data) {
        Outcome outcome;
        try {
            Round current = round;
            if (over || data.length > MESSAGE_BYTES_MAX) {
                throw new Malformed();
            }
            outcome = current == null ? first(text(data)) : last(current, text(data));
        } catch (Malformed e) {
            outcome = new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "not a SCRAM-SHA-256 message");
        }
        over = !(outcome instanceof Outcome.Continue);
        return CompletableFuture.completedStage(outcome);
    }

    private Outcome first(String message) {
        String[] parts = message.split(",", -1);
        if (parts.length < 4) {
            throw new Malformed();
        }
        if (parts[0].startsWith("p=")) {
            return new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "channel binding is not offered");
        }
        boolean flag = parts[0].equals("n") || parts[0].equals("y");
        boolean authorization = parts[1].isEmpty() || parts[1].startsWith("a=");
        if (!flag || !authorization || !parts[2].startsWith("n=") || !parts[3].startsWith("r=")) { // "m=" ends here too
            throw new Malformed();
        }
        String user = name(parts[2].substring(2));
        String nonce = parts[3].substring(2);
        if (nonce.isEmpty() || !nonce.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new Malformed();
        }
        boolean same = credentials.username() == null || user.equals(SaslPrep.prepare(credentials.username()));
        if (!same || parts[1].length() > 2 && !name(parts[1].substring(2)).equals(user)) {
            return new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "a client logs in by its own name only");
        }
        String header = parts[0] + "," + parts[1] + ",";
        PasswordEnd.Found found = users.find(user);
        ScramKeys keys = found == null ? users.decoyKeys(user) : found.keys();
        String reply = "r=" + nonce + serverNonce + ",s=" + Base64.getEncoder().encodeToString(keys.salt()) + ",i="
                + keys.iterations();
        String authPrefix = message.substring(header.length()) + "," + reply + ",";
        round = new Round(user, keys, header, nonce + serverNonce, authPrefix);
        return new Outcome.Continue(reply.getBytes(StandardCharsets.UTF_8));
    }

    private Outcome last(Round current, String message) {
        int proofAt = message.lastIndexOf(",p=");
        String[] parts = message.split(",", -1);
        if (proofAt < 0 || parts.length < 3 || !parts[0].startsWith("c=") || !parts[1].startsWith("r=")) {
            throw new Malformed();
        }
        String binding = new String(base64(parts[0].substring(2)), StandardCharsets.UTF_8);
        byte[] proof = base64(message.substring(proofAt + 3));
        if (!binding.equals(current.header) || !parts[1].substring(2).equals(current.nonce)) {
            throw new Malformed();
        }
        byte[] authMessage = (current.authPrefix + message.substring(0, proofAt)).getBytes(StandardCharsets.UTF_8);
        boolean proven = current.keys.matchesProof(proof, authMessage);
        PasswordEnd.Found found = users.find(current.user); // it may have been changed meanwhile
        if (!proven || found == null || !found.keys().equals(current.keys)) {
            return new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong user name or password");
        }
        String reply = "v=" + Base64.getEncoder().encodeToString(current.keys.serverSignature(authMessage));
        Login login = found.source().login(current.user, found.entry());
        return new Outcome.Accepted(
                new Principal(credentials.clientId(), current.user, login), reply.getBytes(StandardCharsets.UTF_8));
    }

    /** Undoes =2C and =3D. */
    private static String name(String escaped) {
        String plain = escaped.replace("=2C", ",").replace("=3D", "=");
        boolean other = escaped.replace("=2C", "").replace("=3D", "").indexOf('=') >= 0;
        String prepared = SaslPrep.prepare(plain);
        if (other || prepared == null || prepared.isEmpty()) {
            throw new Malformed();
        }
        return prepared;
    }

    private static String text(byte[] data) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed();
        }
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Malformed();
        }
    }

    /** What the last message is checked against. {@code authPrefix}: the signed text up to the last message. */
    private record Round(String user, ScramKeys keys, String header, String nonce, String authPrefix) {}

    /** An outcome of input: no stack trace. */
    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed() {
            super(null, null, false, false);
        }
    }
}
