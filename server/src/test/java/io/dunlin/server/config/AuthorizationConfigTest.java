package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorizationConfigTest {
    @Test
    void knowsTheRolesAndGroupsThatItsRulesSpeakOf(@TempDir Path folder) throws IOException, InvalidConfig {
        Path file = Files.writeString(folder.resolve("dunlin.conf"), """
                authorization {
                  rules = [ { effect = allow, roles = [device], groups = [line1], action = all, topics = ["a/#"] } ]
                  roles.monitor.rules = []
                  groups.night.roles = [monitor, watch]
                }
                """);
        AuthorizationConfig rights = ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()))
                .value()
                .authorization();
        assertThat(rights.knownRoles()).containsExactlyInAnyOrder("device", "monitor", "watch");
        assertThat(rights.knownGroups()).containsExactlyInAnyOrder("line1", "night");
    }
}
