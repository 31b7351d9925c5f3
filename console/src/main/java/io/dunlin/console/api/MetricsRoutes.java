package io.dunlin.console.api;

import io.dunlin.console.account.Role;
import io.dunlin.console.http.Call;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Route;
import io.dunlin.console.metrics.Compat;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.console.metrics.MetricText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** {@code /metrics}, for Prometheus. */
public final class MetricsRoutes {
    private final Supplier<MetricSet> metrics;
    private final Set<Compat> compat;
    private final boolean withoutLogin;

    /** @param compat under whose names besides ours @param withoutLogin whether anybody may ask */
    public MetricsRoutes(Supplier<MetricSet> metrics, Set<Compat> compat, boolean withoutLogin) {
        this.metrics = metrics;
        this.compat = Set.copyOf(compat);
        this.withoutLogin = withoutLogin;
    }

    public List<Route> all() {
        Optional<Role> role = withoutLogin ? Optional.empty() : Optional.of(Role.VIEWER);
        return List.of(new Route("GET", "/metrics", role, List.of(), "", this::metrics));
    }

    private Reply metrics(Call call) {
        MetricSet all = metrics.get();
        Compat.addAll(compat, all);
        boolean open = call.header("accept").orElse("").contains("application/openmetrics-text");
        return Reply.text(200, open ? MetricText.OPEN_METRICS : MetricText.PROMETHEUS, MetricText.of(all, open));
    }
}
