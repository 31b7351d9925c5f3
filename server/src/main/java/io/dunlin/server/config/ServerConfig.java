package io.dunlin.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** All that the server may be told. Immutable; replaced as a whole at a reload. */
public record ServerConfig(
        @Setting("Who this broker is") NodeConfig node,

        @Setting(
                "Where clients connect, each under a name of your choice; without any, a plain and a WebSocket listener on"
                        + " the loopback interface")
        Map<String, ListenerSettings> listeners,

        @Setting("What of MQTT is offered, and the limits") MqttConfig mqtt,

        @Setting("Against clients that are broken or mean harm: see docs/limits.md")
        LimitsConfig limits,

        @Setting("Who may connect") AuthenticationConfig authentication,
        @Setting("Who may do what") AuthorizationConfig authorization,
        @Setting("What an acknowledgement means") DurabilityConfig durability,
        @Setting("What is kept in the data folder, and how") StoreConfig store,
        @Setting("The $SYS topics") SysConfig sys,

        @Setting(
                value = "Threads that serve connections; without it, one for each processor",
                min = "1",
                max = "1024",
                restart = true)
        Optional<Integer> shards,

        @Setting(
                value =
                        "How the operating system is asked for network events; `auto` takes epoll on Linux, nio elsewhere",
                byDefault = "auto",
                restart = true)
        TransportKind transport,

        @Setting("What is logged, on standard error") LogConfig log,

        @Setting("The audit log: what was administered and decided")
        AuditLogConfig auditLog,

        @Setting("The socket through which the command line administers the broker")
        ControlConfig control,

        @Setting("The console, the API and the metrics, over HTTP: see docs/console.md")
        ConsoleConfig console,

        @Setting("The metrics at `/metrics` of the console") MetricsConfig metrics,

        @Setting("Metrics and traces for an OpenTelemetry collector: see docs/telemetry.md")
        TelemetryConfig telemetry,

        @Setting("When alarms are raised, see docs/console.md")
        AlarmsConfig alarms,

        @Setting("What `dunlin audit` is to know") AuditConfig audit) {

    ServerConfig withListeners(Map<String, ListenerSettings> others) {
        return new ServerConfig(
                node,
                others,
                mqtt,
                limits,
                authentication,
                authorization,
                durability,
                store,
                sys,
                shards,
                transport,
                log,
                auditLog,
                control,
                console,
                metrics,
                telemetry,
                alarms,
                audit);
    }

    /** This configuration, but with what only a start can change as it runs now. */
    public ServerConfig keepingStarted(ServerConfig running) {
        return new ServerConfig(
                running.node,
                listeners,
                mqtt,
                limits,
                authentication,
                authorization,
                durability,
                running.store,
                sys,
                running.shards,
                running.transport,
                log,
                running.auditLog,
                running.control,
                running.console,
                running.metrics,
                running.telemetry,
                alarms,
                audit);
    }

    /** The network interfaces of operating systems. */
    public enum TransportKind {
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }

    /** Identity and place. */
    public record NodeConfig(
            @Setting(value = "Name in `$SYS/brokers/<node>/` and in the log", byDefault = "dunlin", restart = true)
            String name,

            @Setting(
                    value =
                            "Folder for what must survive a restart; made if absent. A relative path begins where the broker is started",
                    byDefault = "dunlin-data",
                    restart = true)
            Path dataDir) {}

    /** The $SYS tree. */
    public record SysConfig(
            @Setting(
                    value = "How often the values under `$SYS/broker/` are published; 0s turns them off",
                    byDefault = "10s",
                    min = "0s",
                    max = "1d")
            Duration interval,

            @Setting(
                    value = "Publish `$SYS/brokers/<node>/clients/<id>/connected`, `disconnected`, `subscribed` and"
                            + " `unsubscribed`; every client that may subscribe can read them",
                    byDefault = "false")
            boolean clientEvents) {}

    /** The log. */
    public record LogConfig(
            @Setting(value = "The least important lines that are written", byDefault = "info")
            LogLevel level,

            @Setting(value = "One line at level info for each client that connects and disconnects", byDefault = "true")
            boolean connections) {}

    /** Importance of log lines. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
