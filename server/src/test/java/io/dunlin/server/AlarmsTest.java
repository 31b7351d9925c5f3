package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.console.metrics.MetricText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private long diskFree = 50;
    private double heapUsed = 10;
    private Journal.Condition condition = Journal.Condition.OPEN;
    private double waitingSeconds = 3_600;
    private Duration queueAge = Duration.ZERO;
    private final Map<String, Long> figures = new HashMap<>();
    private final List<String> published = new ArrayList<>();
    private final AlarmRules rules = new AlarmRules(
            () -> Optional.of(new Measures.Space(diskFree, 100)),
            () -> new double[] {heapUsed, 100},
            () -> condition,
            () -> Map.copyOf(figures),
            () -> Optional.of(new Measures.Waiting("press-7", waitingSeconds)),
            () -> queueAge);

    private String severity(String alarm) {
        return Optional.ofNullable(rules.get().get(alarm)).orElseThrow().severity();
    }

    private static String text(Message message) {
        return message.topic().text() + " " + new String(message.payload(), StandardCharsets.UTF_8);
    }

    @Test
    void areRaisedOnceAndClearedWithSomeDistance() {
        try (Alarms alarms = new Alarms(rules, message -> published.add(text(message)), Clock.system())) {
            alarms.check();
            assertThat(alarms.list()).isEmpty();
            diskFree = 4;
            alarms.check();
            diskFree = 6; // not yet
            alarms.check();
            assertThat(alarms.list()).singleElement().satisfies(alarm -> {
                assertThat(alarm.name()).isEqualTo("disk");
                assertThat(alarm.active()).isTrue();
            });
            diskFree = 8;
            alarms.check();
            assertThat(alarms.list()).singleElement().satisfies(alarm -> {
                assertThat(alarm.active()).isFalse();
                assertThat(alarm.deactivateAt()).isNotNull();
            });
            assertThat(published).hasSize(2);
            assertThat(published.get(0)).startsWith("$SYS/broker/alarms/disk {").contains("\"active\":true");
            assertThat(published.get(1)).contains("\"active\":false");
        }
    }

    @Test
    void tellWhenTheyGetWorseAndSayWhatIsSoNow() {
        try (Alarms alarms = new Alarms(rules, message -> published.add(text(message)), Clock.system())) {
            figures.put("certificates/secure/expires-in-days", 3L);
            alarms.check();
            Alarms.Alarm warning = alarms.list().getFirst();
            figures.put("certificates/secure/expires-in-days", 2L);
            alarms.check();
            assertThat(published).hasSize(1);
            assertThat(alarms.list())
                    .singleElement()
                    .satisfies(alarm -> assertThat(alarm.message()).isNotEqualTo(warning.message()));
            figures.put("certificates/secure/expires-in-days", -1L);
            alarms.check();
            assertThat(published).hasSize(2).last().asString().contains("critical", "\"active\":true");
            assertThat(alarms.list()).singleElement().satisfies(alarm -> {
                assertThat(alarm.severity()).isEqualTo("critical");
                assertThat(alarm.activateAt()).isEqualTo(warning.activateAt());
            });
        }
    }

    @Test
    void aFullHeapHasToStayFull() {
        heapUsed = 95;
        for (int i = 0; i < 5; i++) {
            assertThat(rules.get()).isEmpty();
        }
        assertThat(rules.get()).containsKey("memory");
        heapUsed = 50;
        assertThat(rules.get()).isEmpty();
    }

    @Test
    void theStoreTells() {
        condition = Journal.Condition.FULL;
        assertThat(severity("store")).isEqualTo("critical");
        condition = Journal.Condition.BEHIND;
        assertThat(rules.get()).isEmpty();
    }

    @Test
    void certificatesTellBeforeTheyEnd() {
        figures.put("certificates/secure/expires-in-days", 20L);
        assertThat(rules.get()).isEmpty();
        figures.put("certificates/secure/expires-in-days", 3L);
        assertThat(severity("certificate-secure")).isEqualTo("warning");
        figures.put("certificates/secure/expires-in-days", 0L);
        assertThat(severity("certificate-secure")).isEqualTo("warning");
        assertThat(rules.get().get("certificate-secure"))
                .isNotNull()
                .satisfies(finding -> assertThat(finding.message()).contains("ends within a day"));
        figures.put("certificates/secure/expires-in-days", -1L);
        assertThat(severity("certificate-secure")).isEqualTo("critical");
        figures.put("certificates/console/expires-in-days", 3L);
        assertThat(rules.get().get("certificate-console"))
                .isNotNull()
                .satisfies(finding ->
                        assertThat(finding.message()).contains("the certificate of the console ends in 3 days"));
    }

    @Test
    void aMessageThatWaitsTooLongIsToldWhereThatIsWanted() {
        assertThat(rules.get()).isEmpty();
        queueAge = Duration.ofMinutes(10);
        assertThat(severity("queue-age")).isEqualTo("warning");
        assertThat(rules.get().values())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.message()).contains("3600 s for client press-7", "dunlin clients slow"));
        waitingSeconds = 599;
        assertThat(rules.get()).isEmpty();
    }

    @Test
    void figuresTellWhatIsRaisedAndWhatIsOver() {
        try (Alarms alarms = new Alarms(rules, message -> published.add(text(message)), Clock.system())) {
            assertThat(MetricText.of(alarms.addTo(new MetricSet()), false))
                    .contains("dunlin_alarm_active{name=\"disk\"} 0\n")
                    .contains("dunlin_alarm_active{name=\"queue-age\"} 0\n");
            diskFree = 1;
            alarms.check();
            assertThat(MetricText.of(alarms.addTo(new MetricSet()), false))
                    .contains("dunlin_alarms{severity=\"warning\"} 0\ndunlin_alarms{severity=\"critical\"} 1\n")
                    .contains("dunlin_alarm_active{name=\"disk\"} 1\n");
            diskFree = 50;
            alarms.check();
            diskFree = 1;
            alarms.check();
            diskFree = 50;
            alarms.check();
            assertThat(MetricText.of(alarms.addTo(new MetricSet()), false))
                    .contains("dunlin_alarms{severity=\"critical\"} 0\n")
                    .containsOnlyOnce("dunlin_alarm_active{name=\"disk\"} 0\n");
        }
    }

    @Test
    void aBackEndThatOnlyFailsIsDown() {
        figures.putAll(Map.of("logins/http/failed", 3L, "logins/http/accepted", 5L));
        assertThat(rules.get()).isEmpty(); // what was before nobody knows
        figures.put("logins/http/failed", 4L);
        assertThat(rules.get()).containsKey("back-end-http");
        assertThat(rules.get()).containsKey("back-end-http");
        figures.put("logins/http/accepted", 6L);
        assertThat(rules.get()).isEmpty();
    }
}
