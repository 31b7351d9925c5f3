package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallRulesTest {
    @Test
    void callsStandOnlyInTheListedPlaces() {
        assertThat(new CallRules(Repository.list("places.txt")).findings(Repository.sources()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.nanoTime()",
                "System.currentTimeMillis()",
                "java.time.Instant.now()",
                "Thread.sleep(1)",
                "TimeUnit.SECONDS.sleep(1)",
                "synchronized (this) {}",
                "new Thread(this)",
                "Thread.ofVirtual()"
            })
    void aCallElsewhereIsFound(String call) {
        assertThat(new CallRules(List.of()).findings(List.of(JavaSource.sample(call))))
                .hasSize(1);
        assertThat(new CallRules(List.of()).findings(List.of(JavaSource.sample("// " + call))))
                .isEmpty();
    }

    @Test
    void aListedPlaceAllowsOneRule() {
        var rules = new CallRules(List.of("CLOCK | sample/ | a reason"));
        assertThat(rules.findings(List.of(JavaSource.sample("System.nanoTime();"))))
                .isEmpty();
        assertThat(rules.findings(List.of(JavaSource.sample("System.nanoTime(); Thread.sleep(1);"))))
                .hasSize(1);
    }

    @Test
    void aListedPlaceThatIsNotNeededIsFound() {
        assertThat(new CallRules(List.of("LOCK | sample/ | a reason")).findings(List.of(JavaSource.sample("run();"))))
                .singleElement()
                .asString()
                .contains("take the line out");
    }
}
