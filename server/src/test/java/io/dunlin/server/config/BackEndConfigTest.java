package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.security.directory.LdapSettings;
import io.dunlin.security.sql.SqlSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LDAP and SQL as the configuration describes them. */
class BackEndConfigTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsWhatIsGiven() throws Exception {
        ServerConfig config = load("""
                authentication {
                  ldap {
                    url = "ldap://a ldap://b", start-tls = true
                    bind-dn = "cn=dunlin,dc=x", bind-password = b1nd, base-dn = "dc=x", filter = "(uid=${username})"
                    group-attribute = memberOf, group-base-dn = "ou=groups,dc=x"
                    group-roles { ops = [operator], "cn=guests,ou=groups,dc=x" = [reader] }
                    attributes = [mail]
                  }
                  sql {
                    url = "jdbc:postgresql://db/mqtt", username = dunlin, password = s3cret, hash = sha256
                    query = "SELECT password_hash FROM users WHERE username = ${username}"
                  }
                }
                authorization.sql.query = "SELECT permission, action, topic FROM acl WHERE username = ${username}"
                """);
        LdapSettings ldap = config.authentication().ldap().orElseThrow().toSettings();
        assertThat(ldap.search())
                .contains(new LdapSettings.Search("cn=dunlin,dc=x", "b1nd", "dc=x", "(uid=${username})"));
        assertThat(ldap.groups().roles())
                .isEqualTo(Map.of("ops", List.of("operator"), "cn=guests,ou=groups,dc=x", List.of("reader")));
        assertThat(config.authentication().hasLogin()).isTrue();
        SqlSettings same = config.authorization()
                .sql()
                .orElseThrow()
                .toSettings(config.authentication().sql());
        assertThat(same.url()).isEqualTo("jdbc:postgresql://db/mqtt");
        assertThat(same.password()).isEqualTo("s3cret");
        assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("b1nd");
    }

    @Test
    void saysWhereAMistakeIs() {
        assertWrong(
                "\nauthentication.ldap { url = \"ldap://a\", base-dn = \"dc=x\", filter = \"uid=${username}\" }",
                "dunlin.conf:2: authentication.ldap.filter = \"uid=${username}\" is no filter");
        assertWrong("authentication.ldap { url = \"ldap://a\" }", "either user-dn, or base-dn and filter");
        assertWrong(
                "authentication.sql { url = \"jdbc:postgresql://h/d?password=x\", query = \"${username}\" }",
                "authentication.sql.url has a password in it");
        assertWrong(
                "authentication.sql { url = \"jdbc:postgresql://h/d\", query = \"SELECT '${username}'\" }",
                "authentication.sql.query has ${username} in quotes");
        assertWrong("authorization.sql { query = \"SELECT ${username}\" }", "authorization.sql.url = \"\"");
    }

    private void assertWrong(String text, String message) {
        assertThatThrownBy(() -> load(text)).isInstanceOf(InvalidConfig.class).hasMessageContaining(message);
    }

    private ServerConfig load(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("dunlin.conf"), text);
        return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()))
                .value();
    }
}
