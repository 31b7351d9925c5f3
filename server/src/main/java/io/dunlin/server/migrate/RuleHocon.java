package io.dunlin.server.migrate;

import com.typesafe.config.ConfigUtil;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rules as the configuration has them. Pure functions. */
final class RuleHocon {
    private RuleHocon() {}

    /** A word of a rule's line. */
    static String word(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** Lines as {@link RuleText} reads them, as one list of groups. */
    static String list(List<String> rules) {
        return rules.stream()
                .map(rule -> group(RuleText.parse(rule, "imported")))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String group(Rule rule) {
        String kinds = rule.kinds().stream()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
        String topics = rule.topics().stream().map(ConfigUtil::quoteString).collect(Collectors.joining(", "));
        String anonymous =
                rule.who().anonymous().map(only -> ", anonymous = " + only).orElse("");
        return "{ effect = " + rule.effect().name().toLowerCase(Locale.ROOT) + anonymous + ", action = [" + kinds
                + "], topics = [" + topics + "] }";
    }
}
