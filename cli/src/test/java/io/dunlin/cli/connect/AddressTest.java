package io.dunlin.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Opt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {
    private static List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(Opt.list(Opt.Section.MESSAGE, "-t", "TOPIC", "topic"));
        ConnectOptions.addTo(options);
        return options;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "-h h ! mqtt://h:1883",
                "-h h -p 8883 ! mqtts://h:8883",
                "-h h -p 8883 --no-tls ! mqtt://h:8883",
                "-h h --tls ! mqtts://h:8883",
                "-h h --cafile x ! mqtts://h:8883",
                "-h h --ws ! ws://h:8083/mqtt",
                "-h h --ws -p 8084 --path x/y ! wss://h:8084/x/y",
                "--protocol wss -h h -p 443 ! wss://h:443/mqtt",
                "--unix /run/x ! unix:///run/x",
                "-L mqtt://h/a/b ! mqtt://h:1883 a/b",
                "-L mqtts://h:1/a ! mqtts://h:1 a",
                "-L mqtt://u:p%40ss@h/%23 ! mqtt://h:1883 # u p@ss",
                "-L mqtt://[::1]:5/a ! mqtt://[::1]:5 a",
                "-L ws://h:81/a/b ! ws://h:81/mqtt a/b",
                "-L ws://h:81/a/b -t x ! ws://h:81/a/b",
            })
    void addresses(String words, String expected) {
        List<String> all = List.of(words.split(" "));
        Address address = Address.of(Args.parse("pub", options(), all, 0), all.contains("-t"));

        StringBuilder text = new StringBuilder(address.endpoint().toString());
        for (String part : new String[] {address.topic(), address.username(), address.password()}) {
            text.append(part == null ? "" : " " + part);
        }
        assertThat(text).hasToString(expected);
    }
}
