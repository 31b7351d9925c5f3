package io.dunlin.console.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All routes. Immutable. */
public final class Routes {
    private final List<Route> routes;

    public Routes(List<Route> routes) {
        List<Route> sorted = new ArrayList<>(routes);
        sorted.sort(
                Comparator.comparingInt(route -> route.variables().size())); // /topics/talkers before /topics/{topic}
        this.routes = List.copyOf(sorted);
    }

    public List<Route> all() {
        return routes;
    }

    /** What a request asks for. */
    sealed interface Found {
        record One(Route route, Map<String, String> variables) implements Found {}

        /** The path is there, for other methods. */
        record OtherMethods(Set<String> methods) implements Found {}

        record None() implements Found {}
    }

    Found find(String method, String path) {
        Set<String> others = new LinkedHashSet<>();
        for (Route route : routes) {
            Map<String, String> variables = new LinkedHashMap<>();
            if (route.match(path)
                    .map(values -> {
                        variables.putAll(values);
                        return true;
                    })
                    .orElse(false)) {
                if (route.method().equals(method)) {
                    return new Found.One(route, variables);
                }
                others.add(route.method());
            }
        }
        return others.isEmpty() ? new Found.None() : new Found.OtherMethods(others);
    }
}
