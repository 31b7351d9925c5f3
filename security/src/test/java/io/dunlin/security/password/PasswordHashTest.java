package io.dunlin.security.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    // both written by mosquitto_passwd 2.0.11
    private static final String PBKDF2 = "$7$101$RYIchCOzamz1uEdI$gMiURreQmXJJVdgfeO7vifdu+1uFQ106pRENAerA6Jd0Xen0jjLt"
            + "+Ckb2CClKo5eIhkjYEsiWSyZXlFyk6Vq1A==";
    private static final String PBKDF2_NOT_ASCII =
            "$7$101$xTzi5BzPzP82cfA9$YnHxw1KDB4DirRUyYSifg7AysXft9fGDiqr5x1jrdKZJJJK9"
                    + "p714uIgbTA66v+OxeT+LC4bR4rbx638Uw2366g==";
    private static final String SHA512 =
            "$6$BeD4xNrFZYuC5cQI$8bM4Mot9YbaVVjcwIi6js5wKMqvm+OxLpYZbzwY0HamcW4Q/snBlREHNFf3UatW03csqiU"
                    + "tEatMVMBEzi9ibEQ==";

    @Test
    void readsWhatMosquittoWrites() {
        assertThat(PasswordHash.parse(PBKDF2).matches("secret".getBytes(UTF_8))).isTrue();
        assertThat(PasswordHash.parse(PBKDF2).matches("Secret".getBytes(UTF_8))).isFalse();
        assertThat(PasswordHash.parse(PBKDF2_NOT_ASCII).matches("pässwörd".getBytes(UTF_8)))
                .isTrue();
        assertThat(PasswordHash.parse(SHA512).matches("oldsecret".getBytes(UTF_8)))
                .isTrue();
        assertThat(PasswordHash.parse(SHA512).matches(new byte[0])).isFalse();
        assertThat(PasswordHash.parse(PBKDF2).text()).isEqualTo(PBKDF2);
        assertThat(PasswordHash.parse(SHA512).text()).isEqualTo(SHA512);
    }

    @Test
    void readsTheLongSaltOfMosquitto21() {
        byte[] salt = new byte[64];
        byte[] hash = Pbkdf2.derive(Pbkdf2.HMAC_SHA_512, "x".getBytes(UTF_8), salt, 1_000, 64);
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "$7$1000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        assertThat(PasswordHash.parse(text).matches("x".getBytes(UTF_8))).isTrue();
    }

    @Test
    void writesWhatItReads() {
        byte[] password = {0, -1, 'a'};
        PasswordHash hash = PasswordHash.of(password, 7);
        assertThat(hash.text())
                .startsWith("$7$7$")
                .isNotEqualTo(PasswordHash.of(password, 7).text());
        assertThat(PasswordHash.parse(hash.text()).matches(password)).isTrue();
        assertThat(PasswordHash.of(new byte[0], 1).matches(new byte[0])).isTrue();
        assertThat(hash).hasToString("PasswordHash");
        assertThatThrownBy(() -> PasswordHash.of(password, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$",
                "$7$",
                "$7$101$abc",
                "$7$0$AAAA$AAAA",
                "$7$x$AAAA$AAAA",
                "$7$101$%%$AAAA",
                "$6$AAAA$AAAA",
                "$5$AAAA$AAAA",
                "x$6$AAAA$AAAA"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("dunlin passwd");
    }

    /** RFC 7914, section 11, and values of OpenSSL's PBKDF2 for an empty password and a length that is no whole block. */
    @Test
    void derivesKeysAsOthersDo() {
        assertThat(Pbkdf2.derive(Pbkdf2.HMAC_SHA_256, "passwd".getBytes(UTF_8), "salt".getBytes(UTF_8), 1, 64))
                .isEqualTo(HexFormat.of()
                        .parseHex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"));
        assertThat(Pbkdf2.derive(Pbkdf2.HMAC_SHA_512, new byte[0], new byte[0], 3, 100))
                .isEqualTo(HexFormat.of()
                        .parseHex("ba78a2c18fe1f3cfffaba0f93ccf85fc342edf2c34ff439f928c464fe04ee9c43d6516594282bf31"
                                + "d9b80ba31d67e6d076cc2e45ba2d5c9d6bca44f288940c5de7c09eb3ab01040d6e0d974f69ba934b"
                                + "ef7d8998a1c7c274e20e3bd7ba46396672d2de86"));
    }
}
