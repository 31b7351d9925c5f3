package io.dunlin.server.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lines of a mosquitto.conf, each where it belongs. */
record Sections(Section global, List<Section> listeners, List<Section> bridges, boolean perListener) {
    private static final Set<String> OF_LISTENERS = Set.of(
            "accept_protocol_versions",
            "bind_address",
            "bind_interface",
            "cafile",
            "capath",
            "certfile",
            "ciphers",
            "ciphers_tls1.3",
            "crlfile",
            "dhparamfile",
            "enable_proxy_protocol",
            "http_dir",
            "keyfile",
            "max_connections",
            "max_qos",
            "max_topic_alias",
            "mount_point",
            "port",
            "protocol",
            "proxy_protocol_v2_require_tls",
            "psk_hint",
            "require_certificate",
            "set_tcp_nodelay",
            "socket_domain",
            "tls_engine",
            "tls_engine_kpass_sha1",
            "tls_keyform",
            "tls_version",
            "use_identity_as_username",
            "use_subject_as_username",
            "use_username_as_clientid",
            "websockets_headers_size",
            "websockets_origin");
    private static final Set<String> OF_SECURITY = Set.of(
            "acl_file",
            "allow_anonymous",
            "allow_zero_length_clientid",
            "auth_plugin",
            "auto_id_prefix",
            "password_file",
            "plugin",
            "psk_file");

    static Sections of(List<Directive> lines) {
        boolean perListener = lines.stream()
                .filter(line -> line.key().equals("per_listener_settings"))
                .anyMatch(line -> GlobalSettings.isTrue(line.value()));
        Section global = new Section(Optional.empty());
        List<Section> listeners = new ArrayList<>();
        List<Section> bridges = new ArrayList<>();
        Section current = global;
        for (Directive line : lines) {
            switch (line.key()) {
                case "listener" -> {
                    current = new Section(Optional.of(line));
                    listeners.add(current);
                }
                case "connection" -> {
                    current = new Section(Optional.of(line));
                    bridges.add(current);
                }
                default -> {
                    boolean there = bridges.contains(current) || ofListener(line.key(), perListener);
                    (there ? current : global).add(line);
                }
            }
        }
        return new Sections(global, List.copyOf(listeners), List.copyOf(bridges), perListener);
    }

    /** Whether a setting is one of the listener that stands before it. */
    static boolean ofListener(String key, boolean perListener) {
        boolean security = OF_SECURITY.contains(key) || key.startsWith("plugin_opt_") || key.startsWith("auth_opt_");
        return OF_LISTENERS.contains(key) || perListener && security;
    }

    /** Those that are listeners, the one before all others included. */
    List<Section> open() {
        List<Section> open = new ArrayList<>();
        if (global.peek("port").isPresent()) {
            open.add(global);
        }
        open.addAll(listeners);
        return open;
    }

    /** All of them, in their order. */
    List<Section> withLogins() {
        List<Section> all = new ArrayList<>();
        all.add(global);
        if (perListener) {
            all.addAll(listeners);
        }
        return all;
    }
}
