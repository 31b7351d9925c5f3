package io.dunlin.cli.shell;

import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.client.MqttClient;
import java.util.Set;
import java.util.TreeSet;

/** One connection by its name. */
final class Context {
    private final String name;
    private final MqttClient client;
    private final ConnectArgs connect;
    private final String address;
    private final Set<String> filters = new TreeSet<>();

    Context(String name, MqttClient client, ConnectArgs connect, String address) {
        this.name = name;
        this.client = client;
        this.connect = connect;
        this.address = address;
    }

    String name() {
        return name;
    }

    MqttClient client() {
        return client;
    }

    ConnectArgs connect() {
        return connect;
    }

    String address() {
        return address;
    }

    /** What it subscribed to. */
    Set<String> filters() {
        return filters;
    }
}
