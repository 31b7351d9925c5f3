package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class LoggingTest {
    private static String line(String message, Throwable thrown) {
        LoggerContext context = new LoggerContext();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(Logging.PATTERN);
        layout.start();
        Logger logger = context.getLogger("io.dunlin.x.Y");
        return layout.doLayout(new LoggingEvent("", logger, Level.WARN, message, thrown, null));
    }

    @Test
    void whatAClientSaysIsOneLineWithoutControlCharactersOfBoundedLength() {
        String line = line(
                "client a\r\nb\u001b[2Jc\u0085d\u2028e\u202ef " + "x".repeat(60_000),
                new IllegalStateException("bad\u001b[1m\nname"));
        assertThat(line)
                .contains("WARN  Y: client a b [2Jc d e f xxx")
                .contains(" | java.lang.IllegalStateException: bad [1m | name | at ")
                .endsWith("\n");
        assertThat(line.strip()).doesNotContainPattern("[\\p{Cntrl}\\u0080-\\u009f\\u2028-\\u202e]");
        assertThat(line.substring(0, line.indexOf(" | "))).hasSizeLessThan(4_200);
    }
}
