package io.dunlin.console.metrics;

/** Our figures under the names that boards made for other brokers ask for. */
public enum Compat {
    /** The names of the exporter that reads Mosquitto's {@code $SYS}. */
    MOSQUITTO_EXPORTER {
        @Override
        void add(MetricSet our) {
            String help = "As the Mosquitto exporter names it";
            double connected = our.sum("dunlin_clients_connected");
            double away = Math.max(0, our.sum("dunlin_sessions") - connected);
            double stored = our.sum("dunlin_retained_messages") + our.sum("dunlin_queued_messages");
            our.known("broker_uptime", help, our.sum("dunlin_uptime_seconds"))
                    .known("broker_clients_connected", help, connected)
                    .known("broker_clients_active", help, connected)
                    .known("broker_clients_disconnected", help, away)
                    .known("broker_clients_inactive", help, away)
                    .known("broker_clients_total", help, connected + away)
                    .known("broker_clients_maximum", help, our.sum("dunlin_clients_connected_max"))
                    .known("broker_clients_expired", help, our.sum("dunlin_sessions_expired_total"))
                    .known("broker_bytes_received", help, received(our, "dunlin_bytes_total"))
                    .known("broker_bytes_sent", help, sent(our, "dunlin_bytes_total"))
                    .known("broker_messages_received", help, received(our, "dunlin_packets_total"))
                    .known("broker_messages_sent", help, sent(our, "dunlin_packets_total"))
                    .known("broker_messages_stored", help, stored)
                    .known("broker_store_messages_count", help, stored)
                    .known(
                            "broker_store_messages_bytes",
                            help,
                            our.sum("dunlin_retained_bytes") + our.sum("dunlin_queued_bytes"))
                    .known("broker_publish_messages_received", help, received(our, "dunlin_messages_total"))
                    .known("broker_publish_messages_sent", help, sent(our, "dunlin_messages_total"))
                    .known("broker_publish_messages_dropped", help, lost(our))
                    .known("broker_publish_bytes_received", help, received(our, "dunlin_message_bytes_total"))
                    .known("broker_publish_bytes_sent", help, sent(our, "dunlin_message_bytes_total"))
                    .known("broker_retained_messages_count", help, our.sum("dunlin_retained_messages"))
                    .known("broker_subscriptions_count", help, our.sum("dunlin_subscriptions"))
                    .known("broker_heap_current_size", help, our.of("dunlin_heap_bytes", "kind", "used"));
        }
    },

    /** Those of EMQX. */
    EMQX {
        @Override
        void add(MetricSet our) {
            String help = "As EMQX names it";
            double connected = our.sum("dunlin_clients_connected");
            our.known("emqx_connections_count", help, connected)
                    .known("emqx_live_connections_count", help, connected)
                    .known("emqx_connections_max", help, our.sum("dunlin_clients_connected_max"))
                    .known("emqx_live_connections_max", help, our.sum("dunlin_clients_connected_max"))
                    .known("emqx_sessions_count", help, our.sum("dunlin_sessions"))
                    .known("emqx_subscriptions_count", help, our.sum("dunlin_subscriptions"))
                    .known("emqx_subscribers_count", help, our.sum("dunlin_subscriptions"))
                    .known("emqx_subscriptions_shared_count", help, our.sum("dunlin_subscriptions_shared"))
                    .known("emqx_retained_count", help, our.sum("dunlin_retained_messages"))
                    .known("emqx_bytes_received", help, received(our, "dunlin_bytes_total"))
                    .known("emqx_bytes_sent", help, sent(our, "dunlin_bytes_total"))
                    .known("emqx_packets_received", help, received(our, "dunlin_packets_total"))
                    .known("emqx_packets_sent", help, sent(our, "dunlin_packets_total"))
                    .known("emqx_messages_received", help, received(our, "dunlin_messages_total"))
                    .known("emqx_messages_sent", help, sent(our, "dunlin_messages_total"))
                    .known("emqx_messages_publish", help, received(our, "dunlin_messages_total"))
                    .known("emqx_messages_delivered", help, sent(our, "dunlin_messages_total"))
                    .known("emqx_messages_dropped", help, our.sum("dunlin_messages_dropped_total"))
                    .known("emqx_messages_dropped_no_subscribers", help, dropped(our, "no_subscriber"))
                    .known("emqx_delivery_dropped", help, lost(our))
                    .known("emqx_delivery_dropped_queue_full", help, dropped(our, "queue_full"))
                    .known("emqx_delivery_dropped_expired", help, dropped(our, "expired"))
                    .known("emqx_delivery_dropped_too_large", help, dropped(our, "too_large"))
                    .known("emqx_client_connected", help, our.sum("dunlin_connections_opened_total"))
                    .known("emqx_client_disconnected", help, our.sum("dunlin_connections_lost_total"))
                    .known("emqx_session_terminated", help, our.sum("dunlin_sessions_expired_total"))
                    .known("emqx_session_takenover", help, our.sum("dunlin_sessions_taken_over_total"))
                    .known("emqx_vm_used_memory", help, our.of("dunlin_heap_bytes", "kind", "used"))
                    .known("emqx_vm_total_memory", help, our.of("dunlin_heap_bytes", "kind", "max"));
        }
    };

    /** Adds our figures under these names. */
    abstract void add(MetricSet our);

    /** The same for all of them. */
    public static void addAll(Iterable<Compat> wanted, MetricSet our) {
        wanted.forEach(compat -> compat.add(our));
    }

    private static double received(MetricSet our, String name) {
        return our.of(name, "direction", "received");
    }

    private static double sent(MetricSet our, String name) {
        return our.of(name, "direction", "sent");
    }

    private static double dropped(MetricSet our, String reason) {
        return our.of("dunlin_messages_dropped_total", "reason", reason);
    }

    /** That nobody had subscribed is no loss. */
    private static double lost(MetricSet our) {
        return our.sum("dunlin_messages_dropped_total") - dropped(our, "no_subscriber");
    }
}
