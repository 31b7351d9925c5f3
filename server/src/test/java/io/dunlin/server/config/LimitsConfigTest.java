package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.BrokerOptions.AbuseLimits;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.GuardOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every limit has a setting of its own, and the defaults are the core's. */
class LimitsConfigTest {
    private static final String EXEMPT = "exempt-addresses";

    private record Both(AbuseLimits abuse, GuardOptions guard) {
        static Both of(LimitsConfig config) {
            return new Both(config.toAbuseLimits(), config.toGuardOptions());
        }
    }

    private static LimitsConfig limits(String... settings) throws InvalidConfig {
        List<ConfigSources.Given> given = Arrays.stream(settings)
                .map(setting -> setting.split("=", 2))
                .map(parts -> new ConfigSources.Given("limits." + parts[0], parts[1], "test"))
                .toList();
        return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), given))
                .value()
                .limits();
    }

    @Test
    void defaultsAreTheCoresOwn() throws InvalidConfig {
        assertThat(limits().toAbuseLimits()).isEqualTo(AbuseLimits.DEFAULTS);
    }

    @Test
    void eachSettingMovesOneLimitAndEachLimitIsMoved() throws Exception {
        Both defaults = Both.of(limits());
        Map<String, String> movedBy = new HashMap<>();
        for (Tree.Entry entry : Tree.entries(Shape.of(LimitsConfig.class))) {
            String value =
                    switch (entry.path()) {
                        case EXEMPT -> "[\"10.0.0.0/8\"]";
                        case "max-subscriptions-in-all" -> "77";
                        default -> MqttConfigTest.other(entry);
                    };
            Both other = Both.of(limits(entry.path() + "=" + value));
            List<String> moved = MqttConfigTest.differences("", defaults, other);
            assertThat(moved).as(entry.path()).hasSize(1);
            assertThat(movedBy.put(moved.getFirst(), entry.path()))
                    .as(moved.getFirst())
                    .isNull();
        }
        assertThat(movedBy.keySet()).containsExactlyInAnyOrderElementsOf(MqttConfigTest.leaves("", Both.class));
    }

    @Test
    void exemptAddressesAreAddresses() throws InvalidConfig {
        assertThat(limits(EXEMPT + "=[\"10.0.0.0/8\"]").toGuardOptions().exempt())
                .containsExactly(Network.of("10.0.0.0/8"));
        assertThat(limits(EXEMPT + "=[]").toGuardOptions().exempt()).isEmpty();
        assertThatThrownBy(() -> limits(EXEMPT + "=[\"proxy.example\"]"))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("limits.exempt-addresses: \"proxy.example\" is neither an address like");
    }
}
