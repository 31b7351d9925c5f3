package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.pubsub.PubCommand;
import io.dunlin.cli.pubsub.SubCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands of the tools that the console's pages give to be copied; those of the broker are asked in the module server. */
class CopiedCommandsTest {
    private static final Path PAGES =
            Repository.root().resolve("console/src/main/resources/io/dunlin/console/pages/js");
    private static final Pattern OPTION = Pattern.compile("\"\\w+\": \\[([^\\]]*)\\]");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern OWN =
            Pattern.compile("['\"`]dunlin['\"`]|(?:copy|command:|hint:)[^\\n]*['\"`]dunlin ");

    /** The words of an entry, each option with a value where it needs one. */
    private static List<String> words(String entry) {
        var page = Repository.read(PAGES.resolve("commands.js"));
        int begin = page.indexOf("  \"" + entry + "\": {");
        assertThat(begin).as(entry).isPositive();
        var match = OPTION.matcher(page.substring(begin, page.indexOf("\n  }", begin)));
        var words = new ArrayList<String>();
        while (match.find()) {
            var option = WORD.matcher(match.group(1))
                    .results()
                    .map(word -> word.group(1))
                    .toList();
            words.addAll(option);
            if (option.size() == 3 || List.of("-t", "-m", "-q").contains(option.getLast())) {
                words.add(option.getFirst().equals("-q") ? "1" : "some");
            }
            if (option.getLast().equals("user-property")) {
                words.add("other");
            }
        }
        return words.subList(1, words.size());
    }

    private static Args parse(Command command, List<String> words) {
        return Args.parse(command.name(), command.options(), words, command.operandsMax());
    }

    @Test
    void theToolsTakeThem() {
        var publish = words("publish");
        assertThat(publish).contains("-t", "-m", "content-type", "user-property", "payload-format-indicator");
        assertThat(parse(new PubCommand(), publish).text("-t")).isEqualTo("some");
        publish.set(publish.indexOf("-r"), "--retained");
        assertThatThrownBy(() -> parse(new PubCommand(), publish)).isInstanceOf(UsageException.class);
        assertThat(parse(new SubCommand(), List.of("-v", "-t", "some")).list("-t"))
                .containsExactly("some");
        assertThat(Repository.read(PAGES.resolve("commands.js")))
                .contains("[\"sub\", \"-v\"]", "{ \"topic\": [\"-t\"] }");
    }

    @Test
    void noOtherPageWritesCommandsOfItsOwn() {
        for (var page : Repository.filesBelow(PAGES, ".js")) {
            if (!page.endsWith("commands.js")) {
                assertThat(OWN.matcher(Repository.read(page)).results().map(found -> found.group()))
                        .as(page.toString())
                        .isEmpty();
            }
        }
    }
}
