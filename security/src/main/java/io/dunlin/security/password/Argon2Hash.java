package io.dunlin.security.password;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password hashed by Argon2 (RFC 9106), in the form that its reference implementation and mosquitto 2.1 write:
 * {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. The costs that stand in a file are bounded, so that no file can take the broker's
 * memory or time.
 */
public final class Argon2Hash implements Credential {
    /** Memory of {@link #of} in KiB, with {@link #PASSES_DEFAULT} one of the pairs that OWASP recommends: 19 MiB. */
    public static final int MEMORY_KIB_DEFAULT = 19_456;

    public static final int PASSES_DEFAULT = 2;

    /** The largest memory that is read or written, in KiB; less where the Java heap is small. */
    public static final int MEMORY_KIB_MAX =
            Math.clamp(Runtime.getRuntime().maxMemory() / 1024 / 2, 64 * 1024, 256 * 1024);

    public static final int PASSES_MAX = 64;

    static final String PREFIX = "$argon2";
    private static final int LANES_MAX = 16;
    private static final long WORK_KIB_MAX = 2L * 1024 * 1024; // memory times passes: some 3 s of one core
    private static final long WORK_KIB_STRONG = 7_168 * 5; // the least of the pairs that OWASP recommends
    private static final int SALT_BYTES = 16;
    private static final int SALT_BYTES_MIN = 8;
    private static final int SALT_BYTES_MAX = 128;
    private static final int HASH_BYTES = 32;
    private static final int HASH_BYTES_MIN = 16;
    private static final int HASH_BYTES_MAX = 128;
    private static final String DAMAGED = "the argon2 hash is damaged: write it again with dunlin passwd";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final boolean hybrid; // argon2id, else argon2i
    private final int version;
    private final Cost cost;
    private final byte[] salt;
    private final byte[] hash;

    private Argon2Hash(boolean hybrid, int version, Cost cost, byte[] salt, byte[] hash) {
        this.hybrid = hybrid;
        this.version = version;
        this.cost = cost;
        this.salt = salt;
        this.hash = hash;
    }

    private record Cost(int memoryKib, int passes, int lanes) {
        long workKib() {
            return (long) memoryKib * passes;
        }
    }

    /**
     * Hashes a password with a new salt, by argon2id. Some 50 ms and 19 MiB with the defaults: not for a shard.
     *
     * @param memoryKib 8 to {@link #MEMORY_KIB_MAX}
     * @param passes 1 to {@link #PASSES_MAX}
     */
    public static Argon2Hash of(byte[] password, int memoryKib, int passes) {
        Cost cost = new Cost(memoryKib, passes, 1);
        String wrong = problem(cost);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong);
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        Argon2Hash blank = new Argon2Hash(true, Argon2Parameters.ARGON2_VERSION_13, cost, salt, new byte[HASH_BYTES]);
        byte[] hash = blank.digest(password, Argon2Memory.NONE);
        return new Argon2Hash(true, Argon2Parameters.ARGON2_VERSION_13, cost, salt, hash);
    }

    /** @throws InvalidCredential where the text is no such hash, or one that costs too much */
    public static Argon2Hash parse(String text) {
        String[] parts = text.split("\\$", -1);
        boolean hybrid = parts.length > 1 && parts[1].equals("argon2id");
        if (parts.length > 1 && parts[1].equals("argon2d")) {
            throw new InvalidCredential(
                    "argon2d is not taken for passwords: write an argon2id hash with dunlin passwd");
        }
        boolean known = hybrid || parts.length > 1 && parts[1].equals("argon2i");
        boolean old = parts.length == 5; // the first version did not write its number
        if (!known || !old && parts.length != 6 || !parts[0].isEmpty()) {
            throw new InvalidCredential(DAMAGED);
        }
        int version = old ? Argon2Parameters.ARGON2_VERSION_10 : number(parts[2], "v=");
        if (version != Argon2Parameters.ARGON2_VERSION_10 && version != Argon2Parameters.ARGON2_VERSION_13) {
            throw new InvalidCredential("this version of argon2 is not known: write it again with dunlin passwd");
        }
        String[] costs = parts[parts.length - 3].split(",", -1);
        if (costs.length != 3) {
            throw new InvalidCredential(DAMAGED);
        }
        Cost cost = new Cost(number(costs[0], "m="), number(costs[1], "t="), number(costs[2], "p="));
        String wrong = problem(cost);
        if (!wrong.isEmpty()) {
            throw new InvalidCredential(wrong);
        }
        byte[] salt = base64(parts[parts.length - 2], SALT_BYTES_MIN, SALT_BYTES_MAX);
        byte[] hash = base64(parts[parts.length - 1], HASH_BYTES_MIN, HASH_BYTES_MAX);
        return new Argon2Hash(hybrid, version, cost, salt, hash);
    }

    private static String problem(Cost cost) {
        boolean sane = cost.lanes >= 1
                && cost.lanes <= LANES_MAX
                && cost.passes >= 1
                && cost.passes <= PASSES_MAX
                && cost.memoryKib >= 8 * cost.lanes;
        if (!sane) {
            return "argon2 needs t of 1 to " + PASSES_MAX + ", p of 1 to " + LANES_MAX + " and m of 8 p or more";
        }
        if (cost.memoryKib > MEMORY_KIB_MAX || cost.workKib() > WORK_KIB_MAX) {
            return "this argon2 hash asks for more memory or time than a login may take here (m up to " + MEMORY_KIB_MAX
                    + ", m times t up to " + WORK_KIB_MAX + "): write it again with dunlin passwd";
        }
        return "";
    }

    private static int number(String text, String label) {
        String digits = text.startsWith(label) ? text.substring(label.length()) : "";
        if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidCredential(DAMAGED);
        }
        return Integer.parseInt(digits);
    }

    private static byte[] base64(String text, int bytesMin, int bytesMax) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidCredential(DAMAGED);
        }
        if (bytes.length < bytesMin || bytes.length > bytesMax) {
            throw new InvalidCredential(DAMAGED);
        }
        return bytes;
    }

    @Override
    public boolean matches(byte[] password) {
        return matches(password, Argon2Memory.NONE);
    }

    boolean matches(byte[] password, Argon2Memory memory) {
        return MessageDigest.isEqual(digest(password, memory), hash);
    }

    private byte[] digest(byte[] password, Argon2Memory memory) {
        Argon2Parameters.Builder parameters = new Argon2Parameters.Builder(
                        hybrid ? Argon2Parameters.ARGON2_id : Argon2Parameters.ARGON2_i)
                .withVersion(version)
                .withMemoryAsKB(cost.memoryKib)
                .withIterations(cost.passes)
                .withParallelism(cost.lanes)
                .withSalt(salt);
        byte[] digest = new byte[hash.length];
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        memory.with(cost.memoryKib, blocks -> {
            generator.init((blocks == null ? parameters : parameters.withBlockPool(blocks)).build());
            generator.generateBytes(password, digest);
        });
        return digest;
    }

    @Override
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return PREFIX + (hybrid ? "id" : "i")
                + (version == Argon2Parameters.ARGON2_VERSION_10 ? "" : "$v=" + version)
                + "$m=" + cost.memoryKib + ",t=" + cost.passes + ",p=" + cost.lanes
                + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    @Override
    public String kind() {
        return (hybrid ? "argon2id, " : "argon2i, ") + cost.memoryKib / 1024 + " MiB, " + cost.passes
                + (cost.passes == 1 ? " pass" : " passes");
    }

    @Override
    public Optional<String> weakness() {
        return cost.workKib() >= WORK_KIB_STRONG
                ? Optional.empty()
                : Optional.of("argon2 with m=" + cost.memoryKib + " and t=" + cost.passes + " is quick to try out");
    }

    @Override
    public int memoryKib() {
        return cost.memoryKib;
    }

    /** Whether it costs a thief as much as one that {@link #of} would make. */
    boolean isAtLeast(int memoryKib, int passes) {
        return hybrid && cost.workKib() >= (long) memoryKib * passes;
    }

    /** Shows nothing of the hash. */
    @Override
    public String toString() {
        return "Argon2Hash";
    }
}
