package io.dunlin.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.dunlin.server.config.ServerConfig.LogLevel;
import io.dunlin.server.control.LogLines;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: one line for each event on standard error, stack traces included (line ends become bars). Whatever a client put
 * into a message: no control characters, and 4096 characters at most. Logback finds this class
 * as a service when the first logger is asked for. The latest lines stay in memory, too: {@link #recent}.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String RECENT = "recent";
    /** Who warns of each connection that a data base ended, which we say once, and of a container without a hardware address. */
    private static final List<String> LOUD = List.of("com.zaxxer.hikari", "io.netty.util.internal.MacAddressUtil");
    /** What would end a line, move the cursor of a terminal, or turn the direction of the text. */
    static final String CONTROL = "[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]+";

    static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: "
            + "%replace(%.-4096msg){'" + CONTROL + "',' '}"
            + "%replace(%replace(%replace(%ex){'\\s*[\\r\\n]+\\s*',' | '}){'" + CONTROL
            + "',' '}){'^(?=.)',' | '}%n%nopex";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        RecentLog recent = new RecentLog();
        recent.setContext(context);
        recent.setName(RECENT);
        recent.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(recent); // after the other: the text is made by then
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** The latest lines of this process, the oldest first; empty where something else writes the log. Thread: any. */
    static List<LogLines.Line> recent() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(RECENT) instanceof RecentLog recent
                ? recent.lines()
                : List.of();
    }

    /** From now on writes Dunlin's lines of this level and above; those of libraries from warn on, or all of them at trace. */
    static void level(LogLevel level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Level own = logback(level);
            context.getLogger("io.dunlin").setLevel(own);
            context.getLogger("dunlin").setLevel(own);
            boolean all = level == LogLevel.TRACE || level == LogLevel.ERROR;
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(all ? own : Level.WARN);
            LOUD.forEach(name -> context.getLogger(name).setLevel(level == LogLevel.TRACE ? own : Level.ERROR));
        }
    }

    private static Level logback(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
