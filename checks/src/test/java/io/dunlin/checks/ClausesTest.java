package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClausesTest {
    private static final String TABLE =
            "id\tside\tgist\nMQTT-1.1.1-1\tserver\tgist one\nMQTT-1.1.1-2\tclient\tgist two\n";

    /** Prints the summary and writes the whole table to {@code target/conformance.md}. */
    @Test
    void everyStatementIsTestedOrExcepted() throws IOException {
        var clauses = ofRepository();
        System.out.print(clauses.summary());
        Files.writeString(Repository.root().resolve("checks/target/conformance.md"), clauses.table());
        if (!Boolean.getBoolean("dunlin.clauses.report-only")) {
            assertThat(clauses.missing()).isEmpty();
        }
    }

    @Test
    void tagsAndExceptionsNameStatementsThatExist() {
        assertThat(ofRepository().wrong()).isEmpty();
    }

    private static Clauses ofRepository() {
        var folder = Repository.root().resolve("docs/conformance");
        return new Clauses()
                .table("MQTT-", Repository.read(folder.resolve("mqtt5.tsv")))
                .table("MQTT311-", Repository.read(folder.resolve("mqtt311.tsv")))
                .exceptions(Repository.read(folder.resolve("exceptions.tsv")))
                .scan(Repository.sources().stream()
                        .filter(source -> !source.module().equals("checks"))
                        .toList());
    }

    @Test
    void aStatementIsTestedByATagInATest() {
        var clauses = new Clauses()
                .table("MQTT-", TABLE)
                .scan(List.of(test("@Clause({\"MQTT-1.1.1-1\"}) void a() {} // [MQTT-1.1.1-2]")));
        assertThat(clauses.missing()).isEmpty();
        assertThat(clauses.wrong()).isEmpty();
    }

    @Test
    void anIdMayHaveTwoNumbers() {
        var clauses = new Clauses().table("MQTT-", "id\tside\tgist\nMQTT-4.2-1\tboth\tgist\n");
        assertThat(clauses.scan(List.of(test("// [MQTT-4.2-1]"))).missing()).isEmpty();
    }

    @Test
    void aTagInAMainSourceIsNoTest() {
        var clauses =
                new Clauses().table("MQTT-", TABLE).scan(List.of(JavaSource.sample("// [MQTT-1.1.1-1, MQTT-1.1.1-2]")));
        assertThat(clauses.missing()).hasSize(2);
        assertThat(clauses.summary())
                .contains("2 statements of MQTT 5: 0 tested, 2 with a tag", "missing: MQTT-1.1.1-2");
        assertThat(clauses.table()).contains("| MQTT-1.1.1-1 | server | gist one | Sample | **missing** |");
    }

    @Test
    void anExceptionTakesTheStatementOut() {
        var clauses = new Clauses().table("MQTT-", TABLE).exceptions("id\treason\nMQTT-1.1.1-2\tthe client decides\n");
        assertThat(clauses.missing()).extracting(Clauses.Statement::id).containsExactly("MQTT-1.1.1-1");
        assertThat(clauses.table()).contains("*the client decides*");
    }

    @Test
    void tagsThatNameNothingAndExceptionsThatAreTestedAreFound() {
        var clauses = new Clauses()
                .table("MQTT311-", TABLE)
                .exceptions("id\treason\nMQTT311-1.1.1-2\tthe client decides\n")
                .scan(List.of(test("\"MQTT311-1.1.1-2\" \"MQTT-1.1.1-1\""), JavaSource.sample("// [MQTT311-9.9.9-9]")));
        assertThat(clauses.wrong())
                .extracting(Finding::problem)
                .containsExactlyInAnyOrder(
                        "there is no statement MQTT-1.1.1-1",
                        "there is no statement MQTT311-9.9.9-9",
                        "MQTT311-1.1.1-2 is tested in [sample/src/main/java/io/dunlin/sample/Sample.java], take the line out");
    }

    private static JavaSource test(String text) {
        var sample = JavaSource.sample(text);
        return new JavaSource(sample.module(), JavaSource.Kind.TEST, sample.path(), text);
    }
}
