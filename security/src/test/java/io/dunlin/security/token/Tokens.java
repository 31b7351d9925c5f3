package io.dunlin.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.security.http.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys and tokens for tests; keys are made once. */
final class Tokens {
    static final long NOW = ManualClock.START_MILLIS / 1_000;
    static final KeyPair RSA = pair("RSA", null);
    static final KeyPair OTHER_RSA = pair("RSA", null);
    static final KeyPair P256 = pair("EC", "secp256r1");
    static final KeyPair P384 = pair("EC", "secp384r1");
    static final KeyPair P521 = pair("EC", "secp521r1");
    static final KeyPair ED25519 = pair("Ed25519", null);
    static final byte[] SECRET =
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Tokens() {}

    static KeyPair pair(String algorithm, @Nullable String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (curve != null) {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Claims of a good token, with changes: a name and its value, null to take it out. */
    static Map<String, Object> claims(@Nullable Object... changes) {
        Map<String, Object> claims = new HashMap<>(Map.of("sub", "ada", "exp", NOW + 600));
        for (int i = 0; i < changes.length; i += 2) {
            Object value = changes[i + 1];
            if (value == null) {
                claims.remove(String.valueOf(changes[i]));
            } else {
                claims.put(String.valueOf(changes[i]), value);
            }
        }
        return claims;
    }

    static String hmac(JWSAlgorithm algorithm, byte[] secret, Map<String, Object> claims) {
        try {
            return sign(new JWSHeader(algorithm), new MACSigner(secret), claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String signed(JWSAlgorithm algorithm, KeyPair key, Map<String, Object> claims) {
        return signed(new JWSHeader.Builder(algorithm).build(), key, claims);
    }

    static String signed(String kid, KeyPair key, Map<String, Object> claims) {
        return signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build(), key, claims);
    }

    static String signed(JWSHeader header, KeyPair key, Map<String, Object> claims) {
        try {
            return switch (key.getPrivate()) {
                case RSAPrivateKey rsa -> sign(header, new RSASSASigner(rsa), claims);
                case ECPrivateKey ec -> sign(header, new ECDSASigner(ec), claims);
                default -> ed25519(header, key, claims);
            };
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sign(JWSHeader header, JWSSigner signer, Map<String, Object> claims) throws JOSEException {
        JWSObject token = new JWSObject(header, new Payload(claims));
        token.sign(signer);
        return token.serialize();
    }

    private static String ed25519(JWSHeader header, KeyPair key, Map<String, Object> claims)
            throws GeneralSecurityException {
        String input = header.toBase64URL() + "." + Base64URL.encode(JSONObjectUtils.toJSONString(claims));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(key.getPrivate());
        signer.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64URL.encode(signer.sign());
    }

    /** A token with a header as it stands there, signed with nothing or whatever is given. */
    static String raw(String header, Map<String, Object> claims, String signature) {
        return Base64URL.encode(header) + "." + Base64URL.encode(JSONObjectUtils.toJSONString(claims)) + "."
                + signature;
    }

    static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    static Credentials credentials(String clientId, @Nullable String username, @Nullable String password) {
        return new Credentials(
                clientId,
                username,
                password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                new ConnectionInfo("tcp", "tcp", new InetSocketAddress(InetAddress.getLoopbackAddress(), 5000), null));
    }
}
