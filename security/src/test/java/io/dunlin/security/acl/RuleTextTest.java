package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTextTest {
    @Test
    void readsALine() {
        Rule rule = RuleText.parse("allow publish qos=1 retain=false sensors/${clientid}/#", "here");
        assertThat(rule)
                .isEqualTo(new Rule(
                        Effect.ALLOW,
                        Who.EVERYBODY,
                        Set.of(Kind.PUBLISH),
                        Set.of(QoS.AT_LEAST_ONCE),
                        Optional.of(false),
                        List.of("sensors/${clientid}/#"),
                        "here"));
    }

    @Test
    void readsConditionsAndWhatStandsInQuotes() {
        Rule rule = RuleText.parse(
                "deny users=bob,\"a, \\\"b\\\"\" listeners=tls all addresses=10.0.0.0/8 \"line 1/#\" eq a/+ \"qos=1\"",
                "");
        assertThat(rule.who().usernames()).containsExactlyInAnyOrder("bob", "a, \"b\"");
        assertThat(rule.who().addresses()).containsExactly("10.0.0.0/8");
        assertThat(rule.kinds()).containsExactlyInAnyOrder(Kind.values());
        assertThat(rule.topics()).containsExactly("line 1/#", "eq a/+", "qos=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow publish a",
                "deny all #",
                "allow users=a,b client-ids=c roles=d groups=e addresses=::1 listeners=f anonymous=false subscribe,receive"
                        + " qos=0,2 eq a/#",
                "allow publish retain=true \"with blank\" \"eq\" \"qos=1\" \"back\\\\slash \\\"\\n\"",
                "allow users=\"\",\"a,b\" receive a=b"
            })
    void printsWhatItReads(String line) {
        Rule rule = RuleText.parse(line, "here");
        String printed = RuleText.print(rule);
        assertThat(RuleText.parse(printed, "here")).isEqualTo(rule);
        assertThat(printed.replace("\"eq a/#\"", "eq a/#")).isEqualTo(line);
    }

    @Test
    void printsAndReadsWhateverRuleThereIs() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        RandomPolicy random = new RandomPolicy(new Random(seed));
        for (int i = 0; i < 2_000; i++) {
            Rule rule = random.rule("r");
            String line = RuleText.print(rule);
            assertThat(RuleText.parse(line, "r")).as("seed %d: %s", seed, line).isEqualTo(rule);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "permit publish a | a rule begins with allow or deny",
                "allow | the action is missing",
                "allow a/b | expected is an action (publish, subscribe, receive or all)",
                "allow publish | the rule names no topic",
                "allow publish a/#/b | is no topic filter: # stands alone",
                "allow publish $share/g/a | leave $share/name/ out",
                "allow publish a/${ | a placeholder is ${name}",
                "allow publish a/${} | a placeholder is ${name}",
                "allow publish qos=3 a | expected is 0, 1 or 2",
                "allow publish retain=maybe a | expected is true or false",
                "allow publish retain=true,false a | several values",
                "allow publish qos=1 qos=2 a | stands there twice",
                "allow users= publish a | users= has no value",
                "allow addresses=10.0.0.0/33 publish a | is neither an address",
                "allow addresses=localhost publish a | is neither an address",
                "allow publish \"a | the closing \" is missing",
                "allow publish a\"b\" | stands within a word",
                "allow publish \"a\"b | a blank is missing",
                "allow publish \"\\x\" | expected is",
                "allow publish eq | eq has no topic",
                "allow publish,fly a | expected is an action"
            })
    void saysWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> RuleText.parse(line, "roles:7"))
                .isInstanceOf(InvalidRule.class)
                .hasMessageStartingWith("roles:7: ")
                .hasMessageContaining(message);
    }

    /** Whatever a line holds, it is a rule, which printed gives itself again, or refused with a sentence. */
    @Test
    void neverFailsInAnyOtherWay() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 5_000; i++) {
            String line =
                    Mutation.of("deny users=bob,\"a b\" publish,receive qos=1 retain=true a/%c/# eq ${x}/+", random);
            try {
                Rule rule = RuleText.parse(line, "r");
                assertThat(RuleText.parse(RuleText.print(rule), "r")).isEqualTo(rule);
                taken++;
            } catch (InvalidRule e) {
                assertThat(e).hasMessageStartingWith("r: ");
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + line, e);
            }
        }
        assertThat(taken).as("seed %d", seed).isBetween(100, 4_900);
    }
}
