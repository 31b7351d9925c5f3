package io.dunlin.security.token;

import static io.dunlin.security.token.Tokens.NOW;
import static io.dunlin.security.token.Tokens.claims;
import static io.dunlin.security.token.Tokens.credentials;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.token.JwtSettings.Claims;
import io.dunlin.security.token.JwtSettings.JwksFile;
import io.dunlin.security.token.JwtSettings.Keys;
import io.dunlin.security.token.JwtSettings.Place;
import io.dunlin.security.token.JwtSettings.PublicKeyFile;
import io.dunlin.security.token.JwtSettings.Secret;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtSourceTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();

    static JwtSettings settings(Keys keys) {
        return new JwtSettings(
                keys, Place.PASSWORD, Duration.ofSeconds(30), Optional.empty(), List.of(), true, Claims.DEFAULTS);
    }

    private static JwtSettings with(Claims claims) {
        return new JwtSettings(
                new Secret(Tokens.SECRET),
                Place.PASSWORD,
                Duration.ofSeconds(30),
                Optional.empty(),
                List.of(),
                true,
                claims);
    }

    private JwtSource source(JwtSettings settings) {
        return JwtSource.open("jwt", settings, clock);
    }

    private JwtSource source(Keys keys) {
        return source(settings(keys));
    }

    private JwtSource ofPem(KeyPair... keys) throws Exception {
        Path file = folder.resolve("keys.pem");
        Files.writeString(
                file,
                String.join(
                        "",
                        Arrays.stream(keys)
                                .map(key -> Tokens.pem(key.getPublic()))
                                .toList()));
        return source(new PublicKeyFile(file));
    }

    private static LoginAnswer check(JwtSource source, String token) {
        return check(source, credentials("client-1", "whoever", token));
    }

    private static LoginAnswer check(JwtSource source, Credentials credentials) {
        return source.check(credentials).toCompletableFuture().join();
    }

    private static LoginAnswer.Accepted accepted(LoginAnswer answer) {
        assertThat(answer).isInstanceOf(LoginAnswer.Accepted.class);
        return (LoginAnswer.Accepted) answer;
    }

    private static void assertRefused(LoginAnswer answer, String why) {
        assertThat(answer).isInstanceOf(LoginAnswer.Refused.class);
        LoginAnswer.Refused refused = (LoginAnswer.Refused) answer;
        assertThat(refused.reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(refused.message()).contains(why);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(JWSAlgorithm.RS256, Tokens.RSA),
                Arguments.of(JWSAlgorithm.RS512, Tokens.RSA),
                Arguments.of(JWSAlgorithm.PS384, Tokens.RSA),
                Arguments.of(JWSAlgorithm.ES256, Tokens.P256),
                Arguments.of(JWSAlgorithm.ES384, Tokens.P384),
                Arguments.of(JWSAlgorithm.ES512, Tokens.P521),
                Arguments.of(JWSAlgorithm.EdDSA, Tokens.ED25519));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void takesATokenOfEachKindOfKeyAndNoOther(JWSAlgorithm algorithm, KeyPair key) throws Exception {
        JwtSource source = ofPem(key);
        String token = Tokens.signed(algorithm, key, claims());

        assertThat(accepted(check(source, token)).username()).isEqualTo("ada");
        for (KeyPair other : List.of(Tokens.OTHER_RSA, Tokens.P256, Tokens.P384, Tokens.P521, Tokens.ED25519)) {
            if (other != key) {
                assertThat(check(ofPem(other), token)).isInstanceOf(LoginAnswer.Refused.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesATokenWithAnyPartChanged(JWSAlgorithm algorithm, KeyPair key) throws Exception {
        JwtSource source = ofPem(key);
        String[] parts = Tokens.signed(algorithm, key, claims()).split("\\.");
        String[] other = Tokens.signed(algorithm, key, claims("sub", "eve")).split("\\.");
        String otherHeader =
                Base64URL.encode("{\"alg\":\"" + algorithm + "\",\"x\":1}").toString();

        assertRefused(check(source, String.join(".", parts[0], other[1], parts[2])), "signature is wrong");
        assertRefused(check(source, String.join(".", parts[0], parts[1], other[2])), "signature is wrong");
        assertRefused(check(source, String.join(".", otherHeader, parts[1], parts[2])), "signature is wrong");
        assertRefused(check(source, String.join(".", parts[0], parts[1], "AAAA")), "signature is wrong");
        assertRefused(check(source, String.join(".", parts[0], parts[1], "")), "not signed");
        assertThat(check(source, String.join(".", parts))).isInstanceOf(LoginAnswer.Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({"HS256,32", "HS256,64", "HS384,48", "HS512,64"})
    void takesTokensOfASecretThatIsLongEnough(String algorithm, int bytes) {
        byte[] secret = Arrays.copyOf(Tokens.SECRET, bytes);
        JwtSource source = source(new Secret(secret));

        assertThat(accepted(check(source, Tokens.hmac(JWSAlgorithm.parse(algorithm), secret, claims())))
                        .username())
                .isEqualTo("ada");
    }

    @Test
    void refusesAnAlgorithmForWhichTheSecretIsTooShort() throws Exception {
        byte[] secret = Arrays.copyOf(Tokens.SECRET, 32);
        String header = "{\"alg\":\"HS512\"}";
        String input = Tokens.raw(header, claims(), "");
        Mac hmac = Mac.getInstance("HmacSHA512");
        hmac.init(new SecretKeySpec(secret, "HmacSHA512"));
        byte[] mac = hmac.doFinal(input.substring(0, input.length() - 1).getBytes(StandardCharsets.US_ASCII));

        assertRefused(check(source(new Secret(secret)), input + Base64URL.encode(mac)), "serves its alg");
        assertThatThrownBy(() -> source(new Secret(Arrays.copyOf(secret, 31))))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("31 bytes")
                .hasMessageNotContaining("0123");
    }

    @Test
    void neverTakesAPublicKeyForASecret() throws Exception {
        for (byte[] confused : List.of(
                Tokens.pem(Tokens.RSA.getPublic()).getBytes(StandardCharsets.US_ASCII),
                Tokens.RSA.getPublic().getEncoded())) {
            JwtSource source = ofPem(Tokens.RSA);
            for (JWSAlgorithm algorithm : MACSigner.SUPPORTED_ALGORITHMS) {
                assertRefused(check(source, Tokens.hmac(algorithm, confused, claims())), "serves its alg");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE"})
    void refusesTokensWithoutASignature(String none) throws Exception {
        String header = "{\"alg\":\"" + none + "\"}";
        JwtSource source = ofPem(Tokens.RSA);
        assertRefused(check(source, Tokens.raw(header, claims(), "")), "not signed");
        assertRefused(check(source, Tokens.raw(header, claims(), "AAAA")), "not signed");
    }

    @Test
    void refusesWhatItCannotCheck() throws Exception {
        JwtSource source = ofPem(Tokens.RSA);
        String critical = "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}";
        String encrypted = Base64URL.encode("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}") + ".AA.AA.AA.AA";
        String own = Tokens.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .jwk(new com.nimbusds.jose.jwk.RSAKey.Builder(
                                        (java.security.interfaces.RSAPublicKey) Tokens.OTHER_RSA.getPublic())
                                .build())
                        .build(),
                Tokens.OTHER_RSA,
                claims());

        assertRefused(check(source, Tokens.raw(critical, claims(), "AAAA")), "not known here");
        assertRefused(check(source, encrypted), "encrypted");
        assertRefused(check(source, own), "signature is wrong"); // a key that the token brings itself
        assertRefused(check(source, Tokens.raw("{\"alg\":7}", claims(), "AAAA")), "malformed");
        assertRefused(check(source, Tokens.raw("{\"alg\":\"XX1\"}", claims(), "AAAA")), "serves its alg");
        assertRefused(
                check(source, Tokens.signed(JWSAlgorithm.RS256, Tokens.RSA, claims("x", "y".repeat(20_000)))),
                "more than 16384");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"secret", "", "a.b.c", "eyJ.x.y", "e30.e30.AAAA", "eyJhbGciOiJSUzI1NiJ9", "ey..", "\u00e9.b.c"})
    void leavesPasswordsThatAreNoTokensToOthers(String password) throws Exception {
        JwtSource source = ofPem(Tokens.RSA);
        assertThat(check(source, password)).isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(check(source, credentials("c", "u", null))).isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(source.figures().unknown()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0} {1} s from now: {2}")
    @CsvSource({
        "exp,1,",
        "exp,0,",
        "exp,-29,",
        "exp,-30,expired",
        "exp,-3600,expired",
        "nbf,-1,",
        "nbf,30,",
        "nbf,31,not valid yet",
        "nbf,9000000000000,not valid yet",
        "iat,0,",
        "iat,30,",
        "iat,31,in the future",
    })
    void allowsForClocksThatAreApart(String claim, long seconds, String refused) {
        JwtSource source = source(new Secret(Tokens.SECRET));
        LoginAnswer answer =
                check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims(claim, NOW + seconds)));

        if (refused == null) {
            accepted(answer);
        } else {
            assertRefused(answer, refused);
        }
    }

    static Stream<Arguments> strangeTimes() {
        return Stream.of(
                Arguments.of("exp", "tomorrow", "no time"),
                Arguments.of("exp", List.of(NOW + 60), "no time"),
                Arguments.of("exp", true, "no time"),
                Arguments.of("exp", -1L, "expired"),
                Arguments.of("exp", -1e300, "expired"),
                Arguments.of("exp", null, "no claim exp"),
                Arguments.of("nbf", 1e300, "not valid yet"),
                Arguments.of("nbf", "", "no time"),
                Arguments.of("iat", Map.of(), "no time"));
    }

    @ParameterizedTest
    @MethodSource("strangeTimes")
    void refusesTimesThatAreNone(String claim, Object value, String why) {
        assertRefused(
                check(
                        source(new Secret(Tokens.SECRET)),
                        Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims(claim, value))),
                why);
    }

    @Test
    void endsTheLoginWithTheToken() {
        JwtSource source = source(new Secret(Tokens.SECRET));
        Map<String, Object> fraction = claims("exp", NOW + 100.5);

        assertThat(accepted(check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, fraction)))
                        .login()
                        .endsAtMillis())
                .isEqualTo(ManualClock.START_MILLIS + 100_500 + 30_000);
        assertThat(accepted(check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims("exp", 1e300))))
                        .login()
                        .endsAtMillis())
                .isEqualTo(Long.MAX_VALUE);
        clock.advance(Duration.ofSeconds(131));
        assertRefused(check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, fraction)), "expired");
    }

    @Test
    void takesTokensWithoutAnEndOnlyWhereToldTo() {
        JwtSettings strict = settings(new Secret(Tokens.SECRET));
        JwtSettings lax = new JwtSettings(
                strict.keys(),
                strict.tokenIn(),
                strict.clockSkew(),
                strict.issuer(),
                List.of(),
                false,
                strict.claims());

        assertThat(accepted(check(source(lax), Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims("exp", null))))
                        .login()
                        .endsAtMillis())
                .isEqualTo(Long.MAX_VALUE);
    }

    static Stream<Arguments> origins() {
        return Stream.of(
                Arguments.of("https://issuer", "mqtt", ""),
                Arguments.of("https://issuer", List.of("web", "mqtt"), ""),
                Arguments.of("https://issuer", List.of("web"), "audience"),
                Arguments.of("https://issuer", "web", "audience"),
                Arguments.of("https://issuer", null, "audience"),
                Arguments.of("https://issuer", Map.of("mqtt", 1), "audience"),
                Arguments.of("https://issuer/", "mqtt", "issuer"),
                Arguments.of(List.of("https://issuer"), "mqtt", "issuer"),
                Arguments.of(null, "mqtt", "issuer"));
    }

    @ParameterizedTest
    @MethodSource("origins")
    void checksIssuerAndAudience(Object issuer, Object audience, String refused) {
        JwtSettings plain = settings(new Secret(Tokens.SECRET));
        JwtSource source = source(new JwtSettings(
                plain.keys(),
                plain.tokenIn(),
                plain.clockSkew(),
                Optional.of("https://issuer"),
                List.of("mqtt", "devices"),
                true,
                plain.claims()));
        LoginAnswer answer =
                check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims("iss", issuer, "aud", audience)));

        if (refused.isEmpty()) {
            accepted(answer);
        } else {
            assertRefused(answer, refused);
        }
    }

    @Test
    void bindsTokensToTheClient() {
        JwtSource source = source(with(new Claims(
                "sub",
                Optional.of("cid"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("name", "${username}", "tier", "gold"))));
        Object[][] table = {
            {claims("cid", "client-1", "name", "whoever", "tier", "gold"), ""},
            {claims("cid", List.of("x", "client-1"), "name", "whoever", "tier", List.of("gold")), ""},
            {claims("cid", "client-2", "name", "whoever", "tier", "gold"), "client id"},
            {claims("name", "whoever", "tier", "gold"), "client id"},
            {claims("cid", "client-1", "name", "other", "tier", "gold"), "claim name"},
            {claims("cid", "client-1", "name", "whoever"), "claim tier"},
        };
        for (Object[] row : table) {
            @SuppressWarnings("unchecked")
            LoginAnswer answer =
                    check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, (Map<String, Object>) row[0]));
            if (row[1].equals("")) {
                accepted(answer);
            } else {
                assertRefused(answer, (String) row[1]);
            }
        }
        assertRefused(
                check(
                        source,
                        credentials(
                                "client-1",
                                null,
                                Tokens.hmac(
                                        JWSAlgorithm.HS256,
                                        Tokens.SECRET,
                                        claims("cid", "client-1", "name", "", "tier", "gold")))),
                "no user name");
    }

    @Test
    void readsRolesGroupsRightsAndAttributes() {
        JwtSource source = source(with(new Claims(
                "preferred_username",
                Optional.empty(),
                Optional.of("realm_access.roles"),
                Optional.of("scope"),
                Optional.of("acl"),
                Optional.of("admin"),
                Map.of())));
        LoginAnswer.Accepted answer = accepted(check(
                source,
                Tokens.hmac(
                        JWSAlgorithm.HS256,
                        Tokens.SECRET,
                        claims(
                                "preferred_username",
                                "grace",
                                "realm_access",
                                Map.of("roles", List.of("operator", "viewer")),
                                "scope",
                                "plant-7 plant-8",
                                "site",
                                "s1",
                                "floor",
                                4,
                                "night",
                                true,
                                "admin",
                                true,
                                "acl",
                                Map.of("pub", List.of("a/${clientid}"), "all", List.of("b/#"))))));

        Login login = answer.login();
        assertThat(answer.username()).isEqualTo("grace");
        assertThat(login.roles()).containsExactlyInAnyOrder("operator", "viewer");
        assertThat(login.groups()).containsExactlyInAnyOrder("plant-7", "plant-8");
        assertThat(login.attributes())
                .containsEntry("jwt.site", "s1")
                .containsEntry("jwt.floor", "4")
                .containsEntry("jwt.night", "true")
                .doesNotContainKey("jwt.realm_access");
        assertThat(login.rules()).hasSize(2);
        assertThat(login.superuser()).isTrue();
        assertThat(login.source()).isEqualTo("jwt");
    }

    static Stream<Map<String, Object>> malformedClaims() {
        return Stream.of(
                claims("sub", null),
                claims("sub", ""),
                claims("sub", "a\nb"),
                claims("sub", List.of("ada")),
                claims("roles", 7),
                claims("roles", List.of("a", 7)),
                claims("acl", "a/b"),
                claims("acl", List.of(Map.of("permission", "allow", "action", "fly", "topic", "a"))),
                claims("admin", "yes"));
    }

    @ParameterizedTest
    @MethodSource("malformedClaims")
    void refusesClaimsOfTheWrongKindWithoutSayingTheirValues(Map<String, Object> malformed) {
        JwtSource source = source(with(new Claims(
                "sub",
                Optional.empty(),
                Optional.of("roles"),
                Optional.empty(),
                Optional.of("acl"),
                Optional.of("admin"),
                Map.of())));

        LoginAnswer answer = check(source, Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, malformed));

        assertRefused(answer, "");
        assertThat(answer.toString()).doesNotContain("fly", "yes", "a/b");
    }

    @Test
    void readsTheTokenOutOfTheUserNameWhereToldTo() {
        JwtSettings plain = settings(new Secret(Tokens.SECRET));
        JwtSource source = source(new JwtSettings(
                plain.keys(), Place.USERNAME, plain.clockSkew(), plain.issuer(), List.of(), true, plain.claims()));
        String token = Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims());

        assertThat(accepted(check(source, credentials("c", token, "x"))).username())
                .isEqualTo("ada");
        assertThat(check(source, credentials("c", "x", token))).isEqualTo(LoginAnswer.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"rsa.jwt,rsa.pem", "rsa.jwt,rsa-certificate.pem", "ec.jwt,ec.pem", "ed.jwt,ed.pem"})
    void takesWhatOpensslSigned(String token, String key) throws Exception {
        Path file = folder.resolve(key);
        Files.writeString(file, resource(key));

        LoginAnswer.Accepted answer =
                accepted(check(source(new PublicKeyFile(file)), resource(token).strip()));

        assertThat(answer.username()).isEqualTo("openssl");
        assertThat(answer.login().attributes()).containsEntry("jwt.site", "plant-7");
    }

    private static String resource(String name) throws Exception {
        try (InputStream in = JwtSourceTest.class.getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void takesTokensOfAnyKeyOfAFile() throws Exception {
        JwtSource source = ofPem(Tokens.RSA, Tokens.P256);

        accepted(check(source, Tokens.signed(JWSAlgorithm.RS256, Tokens.RSA, claims())));
        accepted(check(source, Tokens.signed(JWSAlgorithm.ES256, Tokens.P256, claims())));
        assertThat(source.figures().keys()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello|no public key",
                "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----|private key",
                "-----BEGIN RSA PUBLIC KEY-----\\nAAAA\\n-----END RSA PUBLIC KEY-----|-RSAPublicKey_in",
                "-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----|no public key of RSA",
                "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----|certificate",
            })
    void saysWhatIsWrongWithAKeyFile(String content, String message) throws Exception {
        Path file = folder.resolve("bad.pem");
        Files.writeString(file, content.replace("\\n", "\n"));

        assertThatThrownBy(() -> source(new PublicKeyFile(file)))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("bad.pem")
                .hasMessageContaining(message);
    }

    @Test
    void refusesWeakAndMissingKeys() throws Exception {
        java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(1_024);
        KeyPair weak = generator.generateKeyPair();

        assertThatThrownBy(() -> ofPem(weak)).hasMessageContaining("1024 bits");
        assertThatThrownBy(() -> source(new PublicKeyFile(folder.resolve("none"))))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("cannot be read");
        Path keys = folder.resolve("keys.json");
        for (String text : List.of(
                "",
                "[]",
                "{}",
                "{\"keys\":7}",
                "{\"keys\":[]}",
                "{\"keys\":[7]}",
                "{\"keys\":[{\"kty\":\"XX\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}")) {
            Files.writeString(keys, text);
            assertThatThrownBy(() -> source(new JwksFile(keys))).as(text).isInstanceOf(InvalidSource.class);
        }
    }

    @Test
    void endsALoginWhoseKeyIsTrustedNoMore() throws Exception {
        LoginAnswer.Accepted answer =
                accepted(check(ofPem(Tokens.RSA), Tokens.signed(JWSAlgorithm.RS256, Tokens.RSA, claims())));
        Principal principal = new Principal("client-1", answer.username(), answer.login());

        assertThat(ofPem(Tokens.P256, Tokens.RSA).whyGone(principal, answer.login()))
                .isEmpty();
        assertThat(ofPem(Tokens.P256).whyGone(principal, answer.login())).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"works,,", "works,broker,", ",other,", "else,,gone", "works,else,gone", ",else,gone"})
    void aLoginEndsWithTheTrustInItsIssuerAndAudience(String issuer, String audience, String gone) {
        LoginAnswer.Accepted answer = accepted(check(
                source(new Secret(Tokens.SECRET)),
                Tokens.hmac(
                        JWSAlgorithm.HS256, Tokens.SECRET, claims("iss", "works", "aud", List.of("broker", "other")))));
        JwtSource later = source(new JwtSettings(
                new Secret(Tokens.SECRET),
                Place.PASSWORD,
                Duration.ofSeconds(30),
                Optional.ofNullable(issuer),
                audience == null ? List.of() : List.of(audience),
                true,
                Claims.DEFAULTS));
        Principal principal = new Principal("client-1", answer.username(), answer.login());

        assertThat(later.whyGone(principal, answer.login()).isPresent()).isEqualTo(gone != null);
    }
}
