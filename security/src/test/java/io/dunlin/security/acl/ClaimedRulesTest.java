package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Rule.Effect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimedRulesTest {
    @Test
    void readsTheFormByAction() throws Exception {
        List<Rule> rules = ClaimedRules.parse(
                Map.of("pub", List.of("a/${clientid}"), "sub", List.of("eq b/#", "c/+"), "all", List.of()), "token");

        assertThat(rules).hasSize(2).allSatisfy(rule -> {
            assertThat(rule.effect()).isEqualTo(Effect.ALLOW);
            assertThat(rule.who()).isEqualTo(Rule.Who.EVERYBODY);
            assertThat(rule.qos()).isEmpty();
        });
        assertThat(rules.get(0).kinds()).containsExactly(Kind.PUBLISH);
        assertThat(rules.get(0).topics()).containsExactly("a/${clientid}");
        assertThat(rules.get(0).origin()).isEqualTo("token pub");
        assertThat(rules.get(1).kinds()).containsExactly(Kind.SUBSCRIBE);
        assertThat(rules.get(1).topics()).containsExactly("eq b/#", "c/+");
    }

    @Test
    void readsAListOfRulesInOrder() throws Exception {
        List<Rule> rules = ClaimedRules.parse(
                List.of(
                        Map.of("permission", "deny", "action", "publish", "topic", "a/b", "qos", List.of(0, 1)),
                        Map.of("permission", "allow", "action", "all", "topic", "a/#", "retain", true),
                        Map.of("permission", "Allow", "action", "subscribe", "topics", List.of("x", "y"), "qos", 2),
                        Map.of("permission", "allow", "topic", "z", "retain", "all", "ipaddr", "10.0.0.0/8")),
                "token");

        assertThat(rules)
                .extracting(Rule::effect)
                .containsExactly(Effect.DENY, Effect.ALLOW, Effect.ALLOW, Effect.ALLOW);
        assertThat(rules)
                .extracting(Rule::origin)
                .containsExactly("token rule 1", "token rule 2", "token rule 3", "token rule 4");
        assertThat(rules.get(0).qos()).containsExactlyInAnyOrder(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE);
        assertThat(rules.get(1).kinds()).containsExactlyInAnyOrder(Kind.PUBLISH, Kind.SUBSCRIBE);
        assertThat(rules.get(1).retain()).isEqualTo(Optional.of(true));
        assertThat(rules.get(2).topics()).containsExactly("x", "y");
        assertThat(rules.get(3).retain()).isEmpty();
        assertThat(rules.get(3).who().addresses()).containsExactly("10.0.0.0/8");
    }

    static Stream<Object> malformed() {
        return Stream.of(
                "a/b",
                7,
                true,
                List.of("a/b"),
                Map.of("publish", "a", "fly", List.of("a")),
                Map.of("pub", List.of(7)),
                Map.of("pub", List.of("")),
                Map.of("pub", List.of("a/#/b")),
                Map.of("pub", List.of("a/b+")),
                Map.of("pub", Map.of()),
                Map.of("all", List.of(Arrays.asList("a", null))),
                List.of(Map.of("action", "publish", "topic", "a")),
                List.of(Map.of("permission", "allow", "action", "publish")),
                List.of(Map.of("permission", "allow", "action", "publish", "topic", List.of())),
                List.of(Map.of("permission", "maybe", "action", "publish", "topic", "a")),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "clientid", "c")),
                List.of(Map.of("permission", "deny", "topic", "a", "topics", List.of("b"))),
                List.of(Map.of("permission", "deny", "topic", "a", "ipaddr", "somewhere")),
                List.of(Map.of("permission", "deny", "topic", "a", "ipaddr", "10.0.0.0/33")),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "qos", 3)),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "qos", List.of())),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "qos", 4_294_967_296L)),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "qos", 0.5)),
                List.of(Map.of("permission", "deny", "action", "publish", "topic", "a", "retain", "perhaps")));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void losesNoRuleThatItDoesNotUnderstand(Object json) {
        assertThatThrownBy(() -> ClaimedRules.parse(json, "token")).isInstanceOf(ClaimedRules.Malformed.class);
    }
}
