package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.security.http.HttpSettings;
import io.dunlin.security.token.JwtSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of tokens and services become, and what is found wrong with them before they are used. */
class TokenConfigTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private Bound<ServerConfig> load(String text) throws IOException, InvalidConfig {
        Path file = Files.writeString(folder.resolve("dunlin.conf"), text);
        return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()));
    }

    @Test
    void tokensAreALogin() throws Exception {
        ServerConfig config = load("authentication.jwt { secret = " + SECRET + ", audience = [a, b] }")
                .value();
        JwtSettings settings = config.authentication().jwt().orElseThrow().toSettings();

        assertThat(config.authentication().hasLogin()).isTrue();
        assertThat(settings.keys()).isInstanceOf(JwtSettings.Secret.class);
        assertThat(settings.audience()).containsExactly("a", "b");
        assertThat(settings.requireExpiry()).isTrue();
        assertThat(settings.claims().username()).isEqualTo("sub");
        assertThat(settings.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|has no keys",
                "{ secret = x, jwks-url = \"https://h/\" }|has keys at 2 places",
                "{ secret = short }|secret of 5 bytes",
                "{ secret = \"AAAA\", secret-base64 = true }|secret of 3 bytes",
                "{ public-key-file = none.pem }|does not exist",
                "{ jwks-file = none.json }|does not exist",
                "{ jwks-url = \"not an address\" }|is no address",
                "{ jwks-url = \"https://h/\", cafile = none.pem }|does not exist",
                "{ jwks-url = \"https://h/\", keep-keys = 1m, refresh-interval = 2m }|keep-keys below",
                "{ jwks-url = \"https://h/\", username-clam = x }|did you mean authentication.jwt.username-claim",
            })
    void saysWhatIsWrongWithTokens(String jwt, String message) {
        assertThatThrownBy(() -> load("authentication.jwt " + jwt))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining(message);
    }

    @Test
    void aServiceIsAskedWithItsHeadersWhichAreNeverShown() throws Exception {
        Bound<ServerConfig> bound = load("""
            authentication.http {
              url = "https://h/${username}"
              headers { Authorization = "Bearer hidden" }
            }
            """);
        HttpSettings settings =
                bound.value().authentication().http().orElseThrow().toSettings();

        assertThat(settings.headers()).containsEntry("Authorization", "Bearer hidden");
        assertThat(settings.body()).containsEntry("password", "${password}");
        assertThat(settings.toString()).doesNotContain("hidden");
        assertThat(bound.value().toString()).doesNotContain("hidden");
        assertThat(String.join("\n", ConfigText.print(bound, true, true)))
                .contains("Authorization")
                .doesNotContain("hidden");
    }
}
