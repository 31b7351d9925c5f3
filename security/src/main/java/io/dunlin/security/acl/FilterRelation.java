package io.dunlin.security.acl;

import io.dunlin.protocol.topic.TopicFilter;

/**
 * How topic filters relate as sets of topics: what + and # stand for, that # matches the level above it too, and that a filter which
 * begins with a wildcard matches no topic that begins with a dollar sign (MQTT 5, sections 4.7.1 and 4.7.2). A topic name is a filter
 * without wildcards. Of a shared subscription the filter counts. Pure functions.
 */
public final class FilterRelation {
    private FilterRelation() {}

    /** Whether every topic that {@code inner} matches is matched by {@code outer}. */
    public static boolean covers(TopicFilter outer, TopicFilter inner) {
        return covers(outer.levels(), inner.levels());
    }

    /** Whether there is a topic that both match. */
    public static boolean overlaps(TopicFilter one, TopicFilter other) {
        return overlaps(one.levels(), other.levels());
    }

    static boolean covers(String[] outer, String[] inner) {
        if (isWildcard(outer[0]) && inner[0].startsWith("$")) {
            return false;
        }
        for (int i = 0; i < outer.length; i++) {
            if (outer[i].equals("#")) {
                return true; // also where inner has just ended: a/# covers a
            }
            if (i >= inner.length) {
                return false;
            }
            if (inner[i].equals("#")) { // it matches what ends here too, unless no topic can end here
                return !canEnd(inner, i) && outer.length > i + 1 && outer[i].equals("+") && outer[i + 1].equals("#");
            }
            if (!outer[i].equals("+") && !outer[i].equals(inner[i])) {
                return false;
            }
        }
        return inner.length == outer.length;
    }

    static boolean overlaps(String[] one, String[] other) {
        if (isWildcard(one[0]) && other[0].startsWith("$") || isWildcard(other[0]) && one[0].startsWith("$")) {
            return false;
        }
        int both = Math.min(one.length, other.length);
        for (int i = 0; i < both; i++) {
            if (one[i].equals("#") || other[i].equals("#")) {
                return true;
            }
            if (!one[i].equals("+") && !other[i].equals("+") && !one[i].equals(other[i])) {
                return false;
            }
        }
        if (one.length == other.length) {
            return true;
        }
        String[] longer = one.length > both ? one : other;
        return longer[both].equals("#") && canEnd(longer, both);
    }

    /** Whether there is a topic with just the first levels of a filter: none is empty. */
    private static boolean canEnd(String[] filter, int levels) {
        return levels > 1 || levels == 1 && !filter[0].isEmpty();
    }

    static boolean isWildcard(String level) {
        return level.equals("+") || level.equals("#");
    }
}
