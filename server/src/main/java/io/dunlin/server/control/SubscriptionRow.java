package io.dunlin.server.control;

import io.dunlin.broker.routing.Subscription;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A subscription as a row of a list.
 *
 * @param topic the filter as the client sent it, with {@code $share/...} where it is shared
 * @param shareGroup null where it is not shared
 * @param nl no local
 * @param rap retain as published
 * @param rh retain handling: 0 to 2
 * @param subid the subscription identifier, 0 for none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SubscriptionRow(
        String clientid,
        String topic,
        @Nullable String shareGroup,
        int qos,
        int nl,
        int rap,
        int rh,
        int subid,
        boolean connected) {
    private static final Comparator<Subscription> BY_TOPIC =
            Comparator.comparing(each -> each.filter().text());

    static final Comparator<Subscription> BY_ID = Comparator.<Subscription, String>comparing(
                    each -> each.subscriber().clientId())
            .thenComparing(BY_TOPIC);

    static final Map<String, Comparator<Subscription>> ORDERS = Map.of(
            "clientid",
            BY_ID,
            "topic",
            BY_TOPIC,
            "share_group",
            Comparator.comparing(
                    each -> Objects.requireNonNullElse(each.filter().shareName(), "")),
            "qos",
            Comparator.comparing(Subscription::qos));

    static SubscriptionRow of(Subscription subscription) {
        return new SubscriptionRow(
                subscription.subscriber().clientId(),
                subscription.filter().text(),
                subscription.filter().shareName(),
                subscription.qos().value(),
                subscription.noLocal() ? 1 : 0,
                subscription.options().retainAsPublished() ? 1 : 0,
                subscription.retainHandling().ordinal(),
                subscription.id(),
                subscription.subscriber().isConnected());
    }
}
