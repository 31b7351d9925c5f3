package io.dunlin.security.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every stored form against what other programs wrote. */
class CredentialTest {
    private static final byte[] SECRET = bytes("secret");

    /** Who wrote it, the stored form, its password, whether it is weak. */
    static Stream<Arguments> writtenByOthers() {
        return Stream.of(mosquittos(), argon2(), others()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> mosquittos() {
        return Stream.of(
                // mosquitto_passwd 2.0.11 of Debian
                row(
                        "$7$101$NYyYrgwufcSVtos+$9ZGmTTnHAZ5zzM6/7+YhYV1lsWrUiNNEbBfRh39NN10"
                                + "+AUZ0EQ/qEXvFJgx6D6D1BnQtIfCZ22DNfMoPs7iyjw==",
                        SECRET,
                        true),
                row(
                        "$7$101$9dTNNH73v5FxoE+x$iq2aQWskAKQ+4Ejq0jFIgYzfxj9AkNQ5N1BM7e82aWwQ0Nt6QkXhAMYWIP/4KtYoGjpA0rlenfCD5uMbnC"
                                + "SaQQ==",
                        new byte[0],
                        true),
                row(
                        "$7$101$ZZxtEB0QtTC0s5su$dIeUlVa4o3zZgBIP9avnA/WSPkq++PaI/XKDfrpaWlqQ/qAxRBGrGqXMwFMsRWsu5jrw4dKn2/LIIGzI15"
                                + "XGRw==",
                        bytes("x".repeat(5_000)),
                        true),
                row(
                        "$6$t3mELFrxNfeXU65x$EjQL/i0BW9Ra07GO3eVq+RbkMi8VxhdD3G61LMPrcSjOKjmCgqv4FW60oUJGyAf/FkpBP0yln+E9y5stcIse1g"
                                + "==",
                        SECRET,
                        true));
    }

    private static Stream<Arguments> argon2() {
        byte[] allBytes = new byte[256];
        for (int i = 0; i < allBytes.length; i++) {
            allBytes[i] = (byte) i;
        }
        return Stream.of(
                // the reference implementation of Argon2; mosquitto 2.1 writes m=47104,t=1,p=1 with a salt of 64 bytes
                row(
                        "$argon2id$v=19$m=47104,t=1,p=1$" + "eHh4".repeat(21) + "eA$WJwcpbxAWWXpEEjJmgSdNn2ps9CVGLZGc"
                                + "+C4qDUhQzZbuyxBXjysRICLqbl6XvxvamNWxqL5uZiBBNwlB+Bszg",
                        SECRET,
                        false),
                row(
                        "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$8qPpaWig0H31wvibKAgpght2Ry2M8rtRQYtZ93ooMus",
                        SECRET,
                        false),
                row(
                        "$argon2id$v=19$m=47104,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$g22k8BtbPzjeacB8xLEj2ngSppLdMYkwupnmO3Yy5tccbipPU/Y"
                                + "p9MJAtzhK805EVZ4/M5pN+4fYIb08gwMqKw",
                        bytes("pässwörd"),
                        false),
                row(
                        "$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFi$A+jhBJ6JifcymDCEix4QTRhcsGxKncRbUndsT78+QKw",
                        SECRET,
                        true),
                row(
                        "$argon2i$v=19$m=128,t=3,p=2$c2FsdHNhbHRzYWx0MTIzNA$qsX4xD91r35SzP20H46QWeHLUKZTjezjuMOMhcFAYMQ",
                        SECRET,
                        true),
                row("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$8v6QlhdIu5ePkUsbG/qntg", new byte[0], true),
                row(
                        "$argon2id$v=19$m=256,t=2,p=4$c2FsdHNhbHRzYWx0MTIzNA$Esg0ZEFKPns9GDC3tSQl5K5i6QaG/YHvwFlgUsLAEDw",
                        allBytes,
                        true),
                row(
                        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                        bytes("x".repeat(70_000)),
                        true));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
                // libxcrypt of Debian and the bcrypt of OpenBSD; htpasswd -B writes $2y$05$
                row("$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a", SECRET, true),
                row("$2b$05$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQa", SECRET, true),
                row("$2a$05$GQxfHkdrmUf5olxciIuUEehRzOLk1FYamgH0Z0xkyKdcJjhjFzJDu", SECRET, true),
                row("$2b$05$dtwUKDq2y0dnsGLY.sBMwOOyP1apf0BfpDse1TTM0QSHs.srN0Tq2", bytes("pässwörd"), true),
                row("$2b$05$Cnc3y4i1778ztR0pzOYfLOJ3Hd6pZ9sAN.8K9NVVvLWKa8NyiHFqu", new byte[0], true),
                row("$2b$05$2QXSYWfNSyguhAIwEUlcSOfUn8PrITecucpWf7Rpqb1lRwEB4W2lK", bytes("x".repeat(72)), true),
                row("$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", bytes("x".repeat(100)), true),
                row("$2y$12$abcdefghijklmnopqrstuuT1Iwu6o8Wx7BoOyIMHfgVJq6JO/IJhW", SECRET, false),
                // RFC 7677
                row(
                        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                                + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                        bytes("pencil"),
                        false));
    }

    private static Arguments row(String stored, byte[] password, boolean weak) {
        return Arguments.of(stored, password, weak);
    }

    @ParameterizedTest
    @MethodSource("writtenByOthers")
    void readsWhatOthersWrote(String stored, byte[] password, boolean weak) {
        Credential credential = Credential.parse(stored);
        assertThat(Credential.isStoredForm(stored)).isTrue();
        assertThat(credential.text()).isEqualTo(stored);
        assertThat(credential.matches(password)).isTrue();
        assertThat(credential.isWeak()).isEqualTo(weak);
        assertThat(credential.kind()).isNotBlank();
        assertThat(credential.toString()).doesNotContain("$");
        assertThat(stored).doesNotContain(credential.weakness().orElse("nothing"));
        boolean hmac = credential instanceof PasswordHash || credential instanceof ScramKeys;
        for (byte[] wrong : wrongOnes(password, hmac)) {
            assertThat(credential.matches(wrong)).isFalse();
        }
    }

    /** Near misses, and passwords that have nothing to do with it. To an HMAC zeros at the end of its key are nothing. */
    private static List<byte[]> wrongOnes(byte[] password, boolean hmac) {
        List<byte[]> wrong = new ArrayList<>();
        if (password.length < 72) { // bcrypt does not look further
            byte[] longer = Arrays.copyOf(password, password.length + 1);
            longer[password.length] = 'x';
            wrong.add(longer);
            if (!hmac) {
                wrong.add(Arrays.copyOf(password, password.length + 1)); // a zero at the end
            }
        }
        if (password.length > 0) {
            byte[] other = password.clone();
            other[0] ^= 0x20;
            wrong.add(other);
            wrong.add(new byte[0]);
        }
        wrong.add(new byte[] {-1, 0, -2});
        return wrong;
    }

    @Test
    void writesArgon2idWithASaltOfItsOwn() {
        byte[] password = {0, -1, 'a'};
        Argon2Hash hash = Argon2Hash.of(password, 64, 1);
        assertThat(hash.text()).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
        assertThat(Argon2Hash.of(password, 64, 1).text()).isNotEqualTo(hash.text());
        assertThat(Credential.parse(hash.text()).matches(password)).isTrue();
        assertThat(Credential.parse(hash.text()).matches(SECRET)).isFalse();
        assertThat(hash.memoryKib()).isEqualTo(64);
        assertThatThrownBy(() -> Argon2Hash.of(password, 4, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Argon2Hash.of(password, 64, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDefaultIsNotWeak() {
        Credential credential = HashPolicy.DEFAULT.hash(SECRET);
        assertThat(credential.text()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(credential.isWeak()).isFalse();
        assertThat(credential.kind()).isEqualTo("argon2id, 19 MiB, 2 passes");
        assertThat(PasswordHash.of(SECRET, PasswordHash.ITERATIONS_DEFAULT).isWeak())
                .isFalse();
        assertThat(ScramKeys.of(SECRET).isWeak()).isFalse();
    }

    @Test
    void thePolicyImprovesWhatIsWeakAndNothingElse() {
        Credential sha = PasswordHash.of(SECRET, 1);
        assertThat(HashPolicy.DEFAULT.improves(sha)).isTrue();
        assertThat(HashPolicy.DEFAULT.improves(PasswordHash.of(SECRET, 10_000))).isFalse();
        HashPolicy cheap = new HashPolicy(64, 1);
        assertThat(cheap.improves(sha)).isTrue();
        assertThat(cheap.improves(cheap.hash(SECRET))).isFalse(); // weak, but all that was asked for
        assertThat(HashPolicy.DEFAULT.improves(cheap.hash(SECRET))).isTrue();
        assertThat(cheap.improved(sha, SECRET)).isInstanceOf(Argon2Hash.class);
        Credential scram = ScramKeys.of(SECRET, new byte[8], 2);
        assertThat(cheap.improved(scram, SECRET)).isInstanceOf(ScramKeys.class);
        assertThat(cheap.improved(scram, SECRET).isWeak()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA",
                "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$AAAA",
                "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=64,t=1,p=1$%%%%$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=18$m=64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=64,t=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$t=1,m=64,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=64,t=1,p=9$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=-64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2xx$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$2b$05$",
                "$2b$5$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQaa",
                "$2b$05$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQ",
                "$2b$05$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQ!",
                "$2b$0a$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQa",
                "$2x$05$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQa",
                "SCRAM-SHA-256$4096:$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
            })
    void refusesWhatIsDamaged(String stored) {
        assertThatThrownBy(() -> Credential.parse(stored))
                .isInstanceOf(InvalidCredential.class)
                .hasMessageNotContaining("c2FsdHNh")
                .hasMessageNotContaining("Tdw09oeZ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$argon2id$v=19$m=65536,t=64,p=1$c2FsdHNhbHRzYWx0MTIzNA$/CZvIn/Xn7JB3LdKw25mgolXkbh72ZCUiF6ozaxgsiU",
                "$2b$31$Tdw09oeZ60EU5DEEC4.2Q.a0AsCywOF8dI2oQ6XWqXuIFgR6FgIQa",
                "$7$100000000$NYyYrgwufcSVtos+$9ZGmTTnHAZ5zzM6/7+YhYV1lsWrUiNNEbBfRh39NN10"
                        + "+AUZ0EQ/qEXvFJgx6D6D1BnQtIfCZ22DNfMoPs7iyjw=="
            })
    void refusesWhatWouldTakeAllTimeOrMemory(String stored) {
        assertThatThrownBy(() -> Credential.parse(stored))
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("dunlin passwd");
    }

    /** Damaged in any way, a form is refused with a sentence or it is still one; nothing else comes out of the parser. */
    @Test
    void survivesDamageOfAnyKind() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> forms = writtenByOthers().map(row -> (String) row.get()[0]).toList();
        for (int i = 0; i < 20_000; i++) {
            String stored = damaged(forms.get(random.nextInt(forms.size())), random);
            try {
                String again = Credential.parse(stored).text();
                assertThat(Credential.parse(again).text())
                        .as("seed %d: %s", seed, stored)
                        .isEqualTo(again);
            } catch (InvalidCredential e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + stored, e);
            }
        }
    }

    private static String damaged(String form, Random random) {
        StringBuilder text = new StringBuilder(form);
        for (int times = 1 + random.nextInt(3); times > 0 && text.length() > 1; times--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.setCharAt(at, "$=,:0129aZ/+.\u0000é".charAt(random.nextInt(15)));
                case 2 -> text.insert(at, text.charAt(random.nextInt(text.length())));
                default -> text.setLength(at);
            }
        }
        return text.toString();
    }

    @Test
    void aPlainPasswordIsNoStoredForm() {
        for (String plain : List.of("secret", "$ecret", "$2", "$2 beers", "$5$abc", "", "SCRAM", "$argo")) {
            assertThat(Credential.isStoredForm(plain)).as(plain).isFalse();
        }
    }

    @Test
    void aSaltOfMosquittoMayBeLong() {
        byte[] salt = new byte[64];
        byte[] hash = Pbkdf2.derive(Pbkdf2.HMAC_SHA_512, bytes("x"), salt, 1_000, 64);
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "$7$1000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        assertThat(Credential.parse(text).matches(bytes("x"))).isTrue();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
