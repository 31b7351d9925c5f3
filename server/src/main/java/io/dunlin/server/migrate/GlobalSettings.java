package io.dunlin.server.migrate;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What becomes of the settings of Mosquitto that concern the whole broker and stand for themselves. Pure functions. */
final class GlobalSettings {
    private static final Set<String> NOT_NEEDED = Set.of(
            "autosave_interval",
            "autosave_on_changes",
            "persistence_file",
            "pid_file",
            "user",
            "log_timestamp",
            "log_timestamp_format",
            "global_max_clients",
            "websockets_log_level",
            "allow_duplicate_messages",
            "per_listener_settings");

    private GlobalSettings() {}

    /** What becomes of a line. */
    sealed interface Outcome {
        /** @param value as it stands in HOCON */
        record Taken(String path, String value) implements Outcome {}

        /** It is understood and need not be told. */
        record Nothing() implements Outcome {}

        /** @param why half a sentence */
        record Left(String why) implements Outcome {}
    }

    /** @param dynamicSecurity whether users are kept in the data folder, which there must be then */
    static Outcome of(Directive line, boolean dynamicSecurity) {
        try {
            return settings(line, dynamicSecurity);
        } catch (NumberFormatException e) {
            return new Outcome.Left("\"" + line.value() + "\" is no number that fits there");
        }
    }

    private static Outcome settings(Directive line, boolean dynamicSecurity) {
        String value = line.value();
        return switch (line.key()) {
            case "persistence" -> persistence(isTrue(value), dynamicSecurity);
            case "persistent_client_expiration" ->
                age(value)
                        .<Outcome>map(age -> new Outcome.Taken("mqtt.session-expiry-interval", age))
                        .orElseGet(() -> new Outcome.Left("expected is a number with h, d, w, m or y behind it"));
            case "max_inflight_messages" ->
                new Outcome.Taken("mqtt.max-inflight-messages", "" + orMost(number(value, 65_535), 65_535));
            case "max_queued_messages" ->
                new Outcome.Taken(
                        "mqtt.max-queued-messages", "" + orMost(number(value, Integer.MAX_VALUE), Integer.MAX_VALUE));
            case "max_queued_bytes" ->
                number(value, Long.MAX_VALUE) == 0
                        ? new Outcome.Left("no limit there, here mqtt.max-queued-bytes keeps its default of 64 MiB")
                        : new Outcome.Taken(
                                "mqtt.max-queued-bytes", "" + Math.max(1024, number(value, Long.MAX_VALUE)));
            case "max_packet_size" ->
                new Outcome.Taken(
                        "mqtt.max-packet-size", "" + Math.max(128, orMost(number(value, 268_435_460), 268_435_460)));
            case "max_keepalive" -> new Outcome.Taken("mqtt.max-keepalive", number(value, 65_535) + "s");
            case "retain_available" -> new Outcome.Taken("mqtt.retain-available", "" + isTrue(value));
            case "allow_zero_length_clientid" ->
                new Outcome.Taken("mqtt.allow-zero-length-clientid", "" + isTrue(value));
            case "sys_interval" -> new Outcome.Taken("sys.interval", number(value, 86_400) + "s");
            case "connection_messages" -> new Outcome.Taken("log.connections", "" + isTrue(value));
            case "log_type" -> logType(value);
            default -> left(line);
        };
    }

    private static Outcome persistence(boolean wanted, boolean dynamicSecurity) {
        if (wanted) {
            return new Outcome.Taken("store.enabled", "true");
        }
        return dynamicSecurity
                ? new Outcome.Left("the data folder holds the users, so it is used; messages are kept in it too")
                : new Outcome.Taken("store.enabled", "false");
    }

    private static Outcome logType(String value) {
        return switch (value) {
            case "debug", "all" -> new Outcome.Taken("log.level", "debug");
            case "error" -> new Outcome.Taken("log.level", "error");
            case "warning" -> new Outcome.Taken("log.level", "warn");
            case "notice", "information" -> new Outcome.Taken("log.level", "info");
            case "none" -> new Outcome.Left("the log cannot be turned off: log.level = error writes least");
            default -> new Outcome.Left("the log has levels (log.level) and no such type");
        };
    }

    private static Outcome left(Directive line) {
        String key = line.key();
        if (NOT_NEEDED.contains(key)) {
            return new Outcome.Nothing();
        }
        return new Outcome.Left(
                switch (key) {
                    case "persistence_location" ->
                        "what Mosquitto has stored there is not read: sessions and waiting messages begin anew, retained messages"
                                + " too until they are published again";
                    case "message_size_limit" -> "limits are on whole packets here: set mqtt.max-packet-size";
                    case "memory_limit" ->
                        "there is mqtt.memory-limit, which counts waiting messages only: set it if need be";
                    case "queue_qos0_messages" -> "messages of QoS 0 are not kept for clients that are away";
                    case "upgrade_outgoing_qos" -> "each message goes out with the lower of both QoS, as MQTT has it";
                    case "check_retain_source" ->
                        "rights are asked about at the delivery, whoever has left the message";
                    case "clientid_prefixes" -> "say it with rules on client-ids: docs/authorization.md";
                    case "auto_id_prefix" -> "client ids that the broker makes have no prefix of your choice";
                    case "use_username_as_clientid" ->
                        "a client keeps its client id: bind rules to ${username} instead of ${clientid}";
                    case "log_dest", "log_facility" ->
                        "the log goes to standard error, where systemd's journal or your container takes it";
                    case "max_log_entries" -> "the log has no such limit";
                    case "set_tcp_nodelay" -> "it is always on";
                    default ->
                        key.startsWith("bridge_") || key.equals("topic")
                                ? "it belongs to a bridge, and there is none before it"
                                : "Dunlin has no such setting";
                });
    }

    /** Mosquitto's true; everything else is false there, or an error. */
    static boolean isTrue(String value) {
        return value.toLowerCase(Locale.ROOT).equals("true") || value.equals("1");
    }

    /** @throws NumberFormatException where it is none between 0 and the greatest */
    static long number(String value, long most) {
        long number = Long.parseLong(value);
        if (number < 0 || number > most) {
            throw new NumberFormatException(value);
        }
        return number;
    }

    /** In Mosquitto 0 is no limit. */
    private static long orMost(long number, long most) {
        return number == 0 ? most : number;
    }

    /** {@code 2m} are two months. */
    private static Optional<String> age(String value) {
        if (value.length() < 2) {
            return Optional.empty();
        }
        long days =
                switch (value.charAt(value.length() - 1)) {
                    case 'h' -> 0;
                    case 'd' -> 1;
                    case 'w' -> 7;
                    case 'm' -> 30;
                    case 'y' -> 365;
                    default -> -1;
                };
        if (days < 0) {
            return Optional.empty();
        }
        long count = number(value.substring(0, value.length() - 1), 1_000_000);
        long seconds = days == 0 ? count * 3_600 : count * days * 86_400;
        return Optional.of(Math.min(seconds, 4_294_967_295L) + "s");
    }
}
