package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PromptTest {
    private static Shell.Result script(String text) {
        return new Shell().input(text).run("shell");
    }

    @Test
    void runsAScriptWithSeveralConnections() throws IOException {
        try (MiniBroker broker = MiniBroker.start()) {
            String port = broker.port();
            Shell.Result shell = script("""
                    # two connections
                    connect -n a -p %s
                    sub 'news/#' -q 1
                    connect 127.0.0.1 -n b -h 127.0.0.1 -p %s
                    pub news/today "it rains" -q 1
                    wait
                    pub -t news/tomorrow -m '{"rain": false}'
                    wait 1 -W 5
                    ls
                    use a
                    unsub 'news/#'
                    disconnect b
                    ls
                    exit
                    pub never sent
                    """.formatted(port, port));
            assertThat(shell.err()).isEmpty();
            assertThat(shell.out()).isEqualTo("""
                    [a] news/today it rains
                    [a] news/tomorrow {"rain": false}
                      a  localhost:%s  connected  hears news/#
                    * b  127.0.0.1:%s  connected
                    * a  localhost:%s  connected
                    """.formatted(port, port, port));
            assertThat(shell.code()).isZero();
        }
    }

    @Test
    void endsWithTheFirstCommandThatFailsAndItsCode() throws IOException {
        try (MiniBroker broker = MiniBroker.start()) {
            assertThat(script("connect -p " + broker.port() + "\npub refused/x y -q 1\npub z z\n"))
                    .satisfies(shell -> assertThat(shell.err()).startsWith("Error: Line 2: The broker refused it:"))
                    .satisfies(shell -> assertThat(shell.code()).isEqualTo(135));
            assertThat(script("connect -p " + broker.port() + "\nsub t\nwait 3 -W 0.05\n")
                            .code())
                    .isEqualTo(27);
        }
    }

    @Test
    void saysWhatToWrite() {
        assertThat(script("pub t x").err())
                .isEqualTo("Error: Line 1: There is no connection: make one with 'connect -h HOST'.\n");
        assertThat(script("\n\nfoo").err()).isEqualTo("Error: Line 3: There is no command 'foo'; 'help' names them.\n");
        assertThat(script("use x").err()).contains("There is no connection 'x': make one with 'connect'.");
        assertThat(script("pub 'x").err()).contains("A quote ' is not closed.");
        assertThat(script("connect -p 1").code()).isEqualTo(1);
        assertThat(script("help").out()).contains("connect [-n NAME]");
    }
}
