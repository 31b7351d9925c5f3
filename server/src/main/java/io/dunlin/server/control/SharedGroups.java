package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.session.SessionFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** The shared subscriptions of a running broker with their members. Thread: any but the shards; waits for them. */
public final class SharedGroups {
    private static final int MEMBERS_MAX = 200;
    private static final Comparator<SharedGroup> BY_NAME = Comparator.comparing(SharedGroup::name)
            .thenComparing(group -> group.filter().text());
    private static final Map<String, Comparator<SharedGroup>> ORDERS = Map.of(
            "share_group", BY_NAME,
            "topic", Comparator.comparing(group -> group.filter().filter()),
            "members_cnt", Comparator.comparingInt(group -> group.members().size()));

    private final Views views;

    public SharedGroups(Views views) {
        this.views = views;
    }

    /** Adds the command {@code shared_groups.list}. */
    public void addTo(ControlCommands commands) {
        commands.add("shared_groups.list", this::list);
    }

    /**
     * A member of a group.
     *
     * @param lag messages that wait in its session or are in flight, also those of its other subscriptions
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Member(String clientid, boolean connected, int qos, int inflightCnt, int mqueueLen, long lag) {}

    /**
     * A group.
     *
     * @param topic with {@code $share/}
     * @param lag of all its members
     * @param members at most two hundred of them
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Group(
            String shareGroup, String topic, int membersCnt, int connectedCnt, long lag, List<Member> members) {}

    private Listed<Group> list(Request request) {
        Page.Wanted wanted = Listed.wanted(request);
        Optional<String> name = request.optional("share_group");
        Optional<String> topic = request.optional("topic");
        Optional<String> like = request.optional("like_topic");
        Page<SharedGroup> page = Page.of(
                views.sharedGroups()::forEach,
                group -> name.map(group.name()::equals).orElse(true)
                        && topic.map(is -> isTopic(group, is)).orElse(true)
                        && like.map(group.filter().text()::contains).orElse(true),
                Listed.order(request, ORDERS, BY_NAME),
                wanted);
        List<String> ids = new ArrayList<>();
        page.rows()
                .forEach(group -> group.members().stream()
                        .limit(MEMBERS_MAX)
                        .forEach(member -> ids.add(member.subscriber().clientId())));
        Map<String, SessionFigures> figures = Clients.await(views.figures(ids));
        return Listed.of(page, wanted, group -> row(group, figures));
    }

    /** With and without {@code $share/} and the name before it. */
    private static boolean isTopic(SharedGroup group, String topic) {
        return group.filter().text().equals(topic) || group.filter().filter().equals(topic);
    }

    private static Group row(SharedGroup group, Map<String, SessionFigures> figures) {
        List<Subscription> all = group.members();
        List<Member> members = new ArrayList<>();
        for (Subscription each : all.subList(0, Math.min(all.size(), MEMBERS_MAX))) {
            SessionFigures now = figures.get(each.subscriber().clientId());
            int inFlight = now == null ? 0 : now.inFlight();
            int queued = now == null ? 0 : now.queued();
            members.add(new Member(
                    each.subscriber().clientId(),
                    each.subscriber().isConnected(),
                    each.qos().value(),
                    inFlight,
                    queued,
                    (long) inFlight + queued));
        }
        return new Group(
                group.name(),
                group.filter().text(),
                all.size(),
                (int) all.stream()
                        .filter(each -> each.subscriber().isConnected())
                        .count(),
                members.stream().mapToLong(Member::lag).sum(),
                members);
    }
}
