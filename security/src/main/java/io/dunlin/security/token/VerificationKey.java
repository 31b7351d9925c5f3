package io.dunlin.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import io.dunlin.security.login.InvalidSource;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * One key, with the algorithms that its kind serves: the token's header never decides what a key is used for, so a public key is no
 * secret for HMAC, and "none" is no algorithm. Immutable; thread: any.
 */
final class VerificationKey {
    private static final int RSA_BITS_MIN = 2_048;
    private static final int SECRET_BYTES_MIN = 32;
    private static final byte[] PROCESS = new byte[32];

    static {
        new SecureRandom().nextBytes(PROCESS);
    }

    private final Optional<String> id;
    private final Set<JWSAlgorithm> algorithms;
    private final Check check;
    private final String mark;

    private VerificationKey(Optional<String> id, Set<JWSAlgorithm> algorithms, Check check, byte[] material) {
        this.id = id;
        this.algorithms = algorithms;
        this.check = check;
        this.mark = mark(material);
    }

    @FunctionalInterface
    private interface Check {
        boolean verify(JWSHeader header, byte[] signed, Base64URL signature)
                throws JOSEException, GeneralSecurityException;
    }

    /** @throws InvalidSource where it is too short */
    static VerificationKey ofSecret(Optional<String> id, byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new InvalidSource("the secret has " + secret.length + " bytes: expected are at least "
                    + SECRET_BYTES_MIN + ", and 48 for HS384, 64 for HS512");
        }
        Set<JWSAlgorithm> algorithms = secret.length >= 64
                ? Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512)
                : secret.length >= 48 ? Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384) : Set.of(JWSAlgorithm.HS256);
        try {
            JWSVerifier verifier = new MACVerifier(secret);
            return new VerificationKey(id, algorithms, verifier::verify, secret);
        } catch (JOSEException e) {
            throw new InvalidSource("the secret cannot be used for HMAC");
        }
    }

    /** @throws InvalidSource where it is of a kind that no algorithm here takes, or too weak */
    static VerificationKey ofPublic(Optional<String> id, PublicKey key) {
        try {
            return switch (key) {
                case RSAPublicKey rsa
                when rsa.getModulus().bitLength() < RSA_BITS_MIN ->
                    throw new InvalidSource("an RSA key has " + rsa.getModulus().bitLength()
                            + " bits: expected are at least " + RSA_BITS_MIN);
                case RSAPublicKey rsa -> {
                    JWSVerifier verifier = new RSASSAVerifier(rsa);
                    yield new VerificationKey(id, rsaAlgorithms(), verifier::verify, key.getEncoded());
                }
                case ECPublicKey ec -> {
                    JWSVerifier verifier = new ECDSAVerifier(ec);
                    yield new VerificationKey(id, Set.of(curve(ec)), verifier::verify, key.getEncoded());
                }
                case EdECPublicKey ed
                when ed.getParams().getName().equals("Ed25519") ->
                    new VerificationKey(
                            id,
                            Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519),
                            (_, signed, signature) -> ed25519(key, signed, signature),
                            key.getEncoded());
                default -> throw unfit();
            };
        } catch (JOSEException e) {
            throw unfit();
        }
    }

    private static InvalidSource unfit() {
        return new InvalidSource("a key is none of RSA, P-256, P-384, P-521 and Ed25519");
    }

    private static Set<JWSAlgorithm> rsaAlgorithms() {
        return Set.of(
                JWSAlgorithm.RS256,
                JWSAlgorithm.RS384,
                JWSAlgorithm.RS512,
                JWSAlgorithm.PS256,
                JWSAlgorithm.PS384,
                JWSAlgorithm.PS512);
    }

    private static JWSAlgorithm curve(ECPublicKey key) {
        Curve curve = Curve.forECParameterSpec(key.getParams());
        if (Curve.P_256.equals(curve)) {
            return JWSAlgorithm.ES256;
        }
        if (Curve.P_384.equals(curve)) {
            return JWSAlgorithm.ES384;
        }
        if (Curve.P_521.equals(curve)) {
            return JWSAlgorithm.ES512;
        }
        throw unfit();
    }

    private static boolean ed25519(PublicKey key, byte[] signed, Base64URL signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature.decode());
    }

    /** Serves this algorithm alone. */
    VerificationKey only(JWSAlgorithm algorithm) {
        Set<JWSAlgorithm> left = algorithms.contains(algorithm) ? Set.of(algorithm) : Set.of();
        return new VerificationKey(id, left, check, mark);
    }

    private VerificationKey(Optional<String> id, Set<JWSAlgorithm> algorithms, Check check, String mark) {
        this.id = id;
        this.algorithms = algorithms;
        this.check = check;
        this.mark = mark;
    }

    Optional<String> id() {
        return id;
    }

    boolean serves(JWSAlgorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    boolean isUsable() {
        return !algorithms.isEmpty();
    }

    /** Tells this key from others, within this process, and says nothing of it. */
    String mark() {
        return mark;
    }

    /** Whether it has signed this. A signature that cannot be read was not made by it. */
    boolean verifies(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            return algorithms.contains(header.getAlgorithm()) && check.verify(header, signed, signature);
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }

    private static String mark(byte[] material) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(PROCESS);
            return HexFormat.of().formatHex(digest.digest(material), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
