package io.dunlin.server.assess;

import com.typesafe.config.ConfigUtil;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.ServerConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is assessed, and what has been found so far. Used once, by one thread. */
final class Subject {
    private final Bound<ServerConfig> bound;
    private final Optional<Facts> facts;
    private final Instant now;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> unassessed = new ArrayList<>();

    Subject(Bound<ServerConfig> bound, Optional<Facts> facts, Instant now) {
        this.bound = bound;
        this.facts = facts;
        this.now = now;
    }

    ServerConfig config() {
        return bound.value();
    }

    Bound<ServerConfig> bound() {
        return bound;
    }

    /** Of the running broker, where there is one. */
    Optional<Facts> facts() {
        return facts;
    }

    Instant now() {
        return now;
    }

    /** The open listeners by the path of their settings. */
    Map<String, ListenerSettings> listeners() {
        Map<String, ListenerSettings> open = new TreeMap<>();
        config().listeners().forEach((name, listener) -> {
            if (listener.enabled()) {
                open.put("listeners." + ConfigUtil.joinPath(name), listener);
            }
        });
        return open;
    }

    boolean reachesNetwork() {
        return listeners().values().stream()
                .anyMatch(listener -> !listener.bind().isLoopback());
    }

    /** @param path of the setting, whose place is shown */
    void find(Check check, Severity severity, String path, String what, String fix) {
        find(check, severity, path, what, fix, bound.origin(path));
    }

    void find(Check check, Severity severity, String about, String what, String fix, String where) {
        findings.add(new Finding(check.id(), severity, about, what, check.why(), fix, where));
    }

    /** @param sentence what could not be looked at, and why */
    void unassessed(String sentence) {
        unassessed.add(sentence);
    }

    List<Finding> findings() {
        return findings;
    }

    List<String> unassessed() {
        return unassessed;
    }
}
