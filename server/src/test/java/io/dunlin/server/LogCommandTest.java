package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin log} against a running broker. */
@Timeout(120)
class LogCommandTest {
    private static final Logger LOG = LoggerFactory.getLogger(LogCommandTest.class);

    @TempDir
    private Path folder;

    private final String mark = UUID.randomUUID().toString(); // others in this process log, too

    @Test
    void theLatestLinesAreShownTheNewestFirst() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            LOG.info("{} one", mark);
            LOG.warn("{} two", mark, new IllegalStateException("why\nmore"));
            LOG.debug("{} is not logged", mark);
            LOG.info("{} three", mark);
            assertThat(texts(broker, "--like", mark.toUpperCase(Locale.ROOT)))
                    .containsExactly(
                            mark + " three", mark + " two | java.lang.IllegalStateException: why", mark + " one");
            assertThat(texts(broker, "--like", mark, "--level", "warn"))
                    .singleElement()
                    .asString()
                    .contains(" two");
            assertThat(texts(broker, "--like", mark, "--level", "error")).isEmpty();
            assertThat(texts(broker, "--like", mark, "--since", "10m")).hasSize(3);
            assertThat(texts(broker, "--like", mark, "--since", "2100-01-01T00:00:00Z"))
                    .isEmpty();
            assertThat(texts(broker, "--like", mark, "--sort", "time")).first().isEqualTo(mark + " one");
            CommandLineBroker.Outcome first = broker.run("log", "--like", mark, "-n", "1");
            assertThat(first.out().lines())
                    .hasSize(2)
                    .element(1)
                    .asString()
                    .contains("info", "LogCommandTest", " three");
            assertThat(first.err()).contains("2 more are not shown");
            assertThat(broker.fails("log", "--level", "loud")).contains("trace, debug, info, warn, error");
            assertThat(broker.fails("log", "--since", "yesterday")).contains("is no time");
        }
    }

    private static List<String> texts(CommandLineBroker broker, String... more) {
        String[] words = new String[more.length + 2];
        List.of("log", "--json").toArray(words);
        System.arraycopy(more, 0, words, 2, more.length);
        return JsonMapper.shared().readTree(broker.does(words)).path("data").findValuesAsString("text");
    }
}
