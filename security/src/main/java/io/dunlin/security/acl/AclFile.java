package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ACL file of Mosquitto, read and applied as its version 2.0 does: {@code topic} lines concern the user named before, or clients
 * without a user name where none was named; {@code pattern} lines concern everybody and have {@code %c} and {@code %u}; what denies is
 * asked first. Everybody may subscribe to everything; messages are held back as they are delivered. Names with + or # have no pattern.
 * Immutable: a reload reads a new one. Any thread.
 */
public final class AclFile implements RuleSource {
    /** As the configuration calls it. */
    public static final String NAME = "acl-file";

    private static final Opinion.Decided SUBSCRIBED =
            new Opinion.Decided(Verdict.ALLOWED, "the ACL file lets the client read all of it");
    private static final Opinion.Decided SUBSCRIBED_IN_PART = new Opinion.Decided(
            Verdict.ALLOWED_IN_PART, "an ACL file refuses no subscription; each message is checked as it is delivered");

    private final CompiledRules all;
    private final CompiledRules withoutPatterns;
    private final Opinion.@Nullable Decided patternsRefused;

    private AclFile(String file, Reader reader) {
        this.withoutPatterns = CompiledRules.compiled(reader.topics());
        List<CompiledRule> rules = new ArrayList<>(reader.topics());
        List<CompiledRule> patterns = reader.patterns();
        rules.addAll(patterns);
        this.all = CompiledRules.compiled(rules);
        this.patternsRefused = patterns.isEmpty()
                ? null
                : new Opinion.Decided(
                        Verdict.DENIED,
                        file + ": a client id or user name with + or # is refused where the file has patterns");
    }

    /**
     * Reads a file. Not for a shard.
     *
     * @throws InvalidRule that names file and line
     */
    public static AclFile read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (CharacterCodingException e) {
            throw new InvalidRule("the ACL file " + file + " is not in UTF-8: convert it", e);
        } catch (IOException e) {
            throw new InvalidRule("the ACL file " + file + " cannot be read: give a file that this user can read", e);
        }
    }

    /**
     * Reads its text.
     *
     * @param file its name, for people
     * @throws InvalidRule that names file and line
     */
    static AclFile parse(String text, String file) {
        Reader reader = new Reader(file);
        for (String line : text.split("\n", -1)) {
            reader.line(line);
        }
        return new AclFile(file, reader);
    }

    /** Reads line after line. */
    private static final class Reader {
        private static final String SPACE = " \t\n\u000b\f\r";

        private final String file;
        private final List<CompiledRule> denies = new ArrayList<>();
        private final List<CompiledRule> allows = new ArrayList<>();
        private final List<CompiledRule> patternDenies = new ArrayList<>();
        private final List<CompiledRule> patternAllows = new ArrayList<>();
        private @Nullable String user;
        private int number;

        Reader(String file) {
            this.file = file;
        }

        List<CompiledRule> topics() {
            return joined(denies, allows);
        }

        List<CompiledRule> patterns() {
            return joined(patternDenies, patternAllows);
        }

        private static List<CompiledRule> joined(List<CompiledRule> first, List<CompiledRule> second) {
            List<CompiledRule> all = new ArrayList<>(first);
            all.addAll(second);
            return all;
        }

        void line(String raw) {
            number++;
            String line = withoutSpaceBehind(raw);
            if (line.isEmpty() || line.startsWith("#")) {
                return;
            }
            String word = firstWord(line);
            String rest = afterFirstWord(line);
            switch (word) {
                case "user" -> {
                    user = withoutSpace(rest);
                    if (user.isEmpty()) {
                        throw invalid("user has no name: expected is a user name");
                    }
                }
                case "topic", "pattern" -> topic(word.equals("pattern"), rest, line.strip());
                default ->
                    throw invalid(
                            "\"" + word + "\" does not fit: a line begins with topic, pattern or user and a blank,"
                                    + " or with # where it is a comment");
            }
        }

        private static String firstWord(String text) {
            String from = withoutBlanks(text);
            int blank = from.indexOf(' ');
            return blank < 0 ? from : from.substring(0, blank);
        }

        private static String afterFirstWord(String text) {
            String from = withoutBlanks(text);
            int blank = from.indexOf(' ');
            return blank < 0 ? "" : from.substring(blank + 1);
        }

        private static String withoutBlanks(String text) {
            int at = 0;
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            return text.substring(at);
        }

        private static String withoutSpaceBehind(String text) {
            int end = text.length();
            while (end > 0 && SPACE.indexOf(text.charAt(end - 1)) >= 0) {
                end--;
            }
            return text.substring(0, end);
        }

        private static String withoutSpace(String text) {
            int at = 0;
            while (at < text.length() && SPACE.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return withoutSpaceBehind(text.substring(at));
        }

        private void topic(boolean pattern, String rest, String line) {
            if (firstWord(rest).isEmpty()) {
                throw invalid(firstWord(line) + " has no topic: expected is " + firstWord(line) + " read sensors/#");
            }
            String access = firstWord(rest);
            String topic = withoutSpace(afterFirstWord(rest));
            if (topic.isEmpty()) { // a single word is the topic, whatever it is
                topic = access;
                access = "readwrite";
            }
            Set<Kind> kinds =
                    switch (access) {
                        case "read" -> EnumSet.of(Kind.RECEIVE);
                        case "write" -> EnumSet.of(Kind.PUBLISH);
                        case "readwrite", "deny" -> EnumSet.of(Kind.PUBLISH, Kind.RECEIVE);
                        default ->
                            throw invalid("\"" + access
                                    + "\" does not fit: expected is read, write, readwrite or deny, then the topic");
                    };
            boolean denies = access.equals("deny");
            Rule rule = new Rule(
                    denies ? Effect.DENY : Effect.ALLOW,
                    pattern ? Who.EVERYBODY : who(),
                    kinds,
                    Set.of(),
                    Optional.empty(),
                    List.of(topic),
                    file + ":" + number);
            add(pattern, denies, rule, line);
        }

        private Who who() {
            String name = user;
            return name == null
                    ? new Who(Set.of(), Set.of(), Set.of(), Set.of(), List.of(), Set.of(), Optional.of(true))
                    : Who.user(name);
        }

        private void add(boolean pattern, boolean denies, Rule rule, String line) {
            String topic = rule.topics().getFirst();
            TopicPattern compiled;
            try {
                compiled = pattern ? TopicPattern.mosquitto(topic) : TopicPattern.plain(topic);
            } catch (InvalidRule e) {
                throw invalid(String.valueOf(e.getMessage()));
            }
            List<CompiledRule> to = pattern ? denies ? patternDenies : patternAllows : denies ? this.denies : allows;
            to.add(CompiledRule.of(rule, List.of(compiled), line));
        }

        private InvalidRule invalid(String message) {
            return new InvalidRule(file + ":" + number + ": " + message);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Opinion ask(Question question) {
        Opinion.Decided refused = patternsRefused;
        boolean nameless = refused != null && hasWildcard(question.principal());
        Finding finding = (nameless ? withoutPatterns : all).find(question);
        if (question.isSubscribe()) {
            return finding.allowsAll() ? SUBSCRIBED : SUBSCRIBED_IN_PART;
        }
        return finding.deciding() == null && nameless && refused != null ? refused : finding.opinion();
    }

    private static boolean hasWildcard(Principal principal) {
        String username = principal.username();
        return hasWildcard(principal.clientId()) || username != null && hasWildcard(username);
    }

    private static boolean hasWildcard(String name) {
        return name.indexOf('+') >= 0 || name.indexOf('#') >= 0;
    }

    @Override
    public List<CompiledRules> lists(Question question) {
        boolean nameless = patternsRefused != null && hasWildcard(question.principal());
        return List.of(nameless ? withoutPatterns : all);
    }

    /** Its lines as rules, for people and assessments: of a pattern the placeholders are the same. */
    public List<Rule> toRules() {
        return all.rules().stream().map(CompiledRule::rule).toList();
    }

    @Override
    public List<CompiledRule> rules() {
        return all.rules();
    }
}
