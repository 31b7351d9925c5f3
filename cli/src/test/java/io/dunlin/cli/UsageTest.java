package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.OptionsFile;
import io.dunlin.cli.pubsub.PubCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said in one sentence on standard error, with exit code 1, before anything is sent. */
@Timeout(30)
class UsageTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "pub -m x ! no topic",
                "pub -t x ! no message",
                "pub -t x -m y -n ! exclude each other",
                "pub -t x -m y -l ! exclude each other",
                "pub -t x -m ! -m lacks its value",
                "pub -t a/+ -m x ! 'a/+' of -t is not valid",
                "pub -t x -m y -q 3 ! -q must be from 0 to 2, not 3",
                "pub -t x -m y -q one ! must be a whole number from 0 to 2, not 'one'",
                "pub -t x -m y -p 99999 ! -p must be from 1 to 65535",
                "pub -t x -m y -V 7 ! -V is 5, 311 or 31",
                "pub -t x -m y -zz ! Unknown option '-zz'",
                "pub -t x -m y --retian ! did you mean --retain?",
                "pub -t x -m y stray ! 'stray' is no option",
                "pub -t x -f /nonexistent ! /nonexistent cannot be read",
                "pub -t x -m y -c ! client id",
                "pub -t x -m y -i a -I b ! exclude each other",
                "pub -t x -m y --will-payload z ! --will-topic",
                "pub -t x -m y -D publish foo 1 ! no property 'foo'",
                "pub -t x -m y -D publish session-expiry-interval 1 ! does not go with publish",
                "pub -t x -m y -D nowhere content-type 1 ! goes with connect, publish",
                "pub -t x -m y -D publish message-expiry-interval abc ! whole number",
                "pub -t x -m y -D publish user-property k ! a key and a value",
                "pub -t x -m y -D publish content-type ! needs a command, a property and a value",
                "pub -t x -m y -ct a -D publish content-type b ! more than once",
                "pub -t x -m y -up novalue ! KEY=VALUE",
                "pub -t x -m y -x 1 -D connect session-expiry-interval 2 ! exclude each other",
                "pub -t x -m y -P secret -V 311 ! needs a user name",
                "pub -t x -m y --password-env NO_SUCH ! no variable NO_SUCH",
                "pub -t x -m y --cafile /nonexistent ! does not exist",
                "pub -t x -m y --key /dev/null ! --cert",
                "pub -t x -m y --psk aa ! certificate",
                "pub -t x -m y --tls-keylog f ! not in Java",
                "profile ! profile save NAME",
                "profile save p ! nothing to save",
                "pub -t x -m y --tls-version tlsv1.1 ! tlsv1.3 or tlsv1.2",
                "pub -t x -m y -L http://host/t ! must start with mqtt://",
                "pub -t x -m y -L mqtt://h -h h ! leave out -h and -p",
                "pub -t x -m y --proxy ftp://p ! socks5h://",
                "pub -t x -m y --ws-header none ! NAME:VALUE",
                "pub -t x -m y --protocol amqp ! mqtt, mqtts, ws or wss",
                "pub -t x -m y -o /nonexistent ! options file",
                "sub ! no topic",
                "sub -t a/#/b ! 'a/#/b' of -t is not valid",
                "sub -t x -C 0 ! -C must be from 1",
                "sub -t x -W 0 ! -W must be at least",
                "sub -t x -R --retained-only ! leave one of them out",
                "sub -t x -F %z ! no parameter %z",
                "sub -t x --format xml ! text, json, hex, base64, cbor or msgpack",
                "sub -t x --retain-handling maybe ! always, new or never",
                "sub -t x --random-filter 0 ! from 0.1 to 100",
                "rr -t x -m y ! topic for the response",
                "nothing ! no command 'nothing'",
                "completion fish ! completion bash",
            })
    void wrongUsage(String command, String sentence) {
        Result result = new Shell().run(command.split(" "));

        assertThat(result.err()).contains(sentence).startsWith("Error: ").endsWith("\n");
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void quietSaysNothing() {
        Result result = new Shell().run("pub", "--quiet", "-t", "x");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker", "config"})
    void brokerCommandsSayWhatIsMissing(String command) {
        Result result = new Shell().run(command);

        assertThat(result.err()).contains("no broker");
        assertThat(result.code()).isEqualTo(1);
    }

    static List<String> names() {
        return Commands.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void helpShowsEveryOptionAndFitsTheScreen(String command) {
        Command asked = Objects.requireNonNull(Commands.find(command));
        List<Opt> table = asked.options();
        Result result = new Shell().run(command, "--help");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Set<String> names = new HashSet<>();
        for (Opt opt : table) {
            for (String name : opt.names().split(" ")) {
                assertThat(names.add(name)).as(name).isTrue();
                assertThat(result.out()).contains(name);
            }
        }
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 110);
        assertThat(new Shell().run("help", command).out()).isEqualTo(result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--help", "-h", "help"})
    void programHelpNamesTheCommands(String word) {
        Result result = word.isEmpty() ? new Shell().run() : new Shell().run(word);

        assertThat(result.out()).contains("pub ", "sub ", "rr ", "broker ", "config ", "completion ", "Examples");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(result.code()).isZero();
    }

    @Test
    void versionIsOneLine() {
        assertThat(new Shell().run("--version").out()).startsWith("dunlin ").hasLineCount(1);
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        assertThat(new Shell().run("completion", "bash").out())
                .contains("--retain-as-published", "--repeat-delay", "--response-topic", "broker", "complete -F");
    }

    @Test
    void optionsFileIsReadLineByLine() throws Exception {
        Path file = Files.writeString(folder.resolve("options"), """
                # a comment

                -h broker.example
                --topic "quoted topic"
                -m hello wide  world
                retain
                -D publish user-property "a key" 'a value'
                """);

        assertThat(OptionsFile.words(file))
                .containsExactly(
                        "-h",
                        "broker.example",
                        "--topic",
                        "quoted topic",
                        "-m",
                        "hello wide  world",
                        "--retain",
                        "-D",
                        "publish",
                        "user-property",
                        "a key",
                        "a value");
    }

    private static Args parse(List<String> words) {
        return Args.parse("pub", new PubCommand().options(), words, 0);
    }

    @Test
    void optionsFileStandsBelowTheCommandLine() {
        Args args = parse(List.of("-h", "file", "-q", "1", "-h", "line"));

        assertThat(args.text("-h")).isEqualTo("line");
        assertThat(args.text("-q")).isEqualTo("1");
    }

    @Test
    void valuesMayLookLikeOptions() {
        Args args = parse(List.of("-m", "-v", "-t", "--", "-i", "-5", "--retain"));

        assertThat(args.text("-m")).isEqualTo("-v");
        assertThat(args.text("-t")).isEqualTo("--");
        assertThat(args.text("-i")).isEqualTo("-5");
        assertThat(args.has("-r")).isTrue();
    }

    @Test
    void valuesAreTakenAsTheyAre() {
        Args args = parse(List.of("-m", "@file ${HOME} \"q\" a=b", "-t", ""));

        assertThat(args.text("-m")).isEqualTo("@file ${HOME} \"q\" a=b");
        assertThat(args.text("-t")).isEmpty();
    }
}
