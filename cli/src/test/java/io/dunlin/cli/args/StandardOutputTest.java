package io.dunlin.cli.args;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StandardOutputTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);

    private static StandardOutput thatFails(String why) {
        return new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(why);
            }
        });
    }

    @Test
    void whatIsLostIsAFailureOfTheCommand() {
        StandardOutput full = thatFails("No space left on device");
        assertThatThrownBy(() -> full.write('x')).isInstanceOf(IOException.class);
        assertThat(full.exitCode(0, err)).isEqualTo(1);
        assertThat(full.exitCode(27, err)).isEqualTo(27);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("cannot be written: No space left on device");
    }

    @Test
    void aReaderThatHasGoneHasWhatItWanted() {
        StandardOutput left = thatFails("Broken pipe");
        new PrintStream(left, true, StandardCharsets.UTF_8).println("nobody reads this");
        assertThat(left.exitCode(0, err)).isZero();
        assertThat(said.size()).isZero();
    }

    @Test
    void allIsWrittenAsItIs() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        StandardOutput out = new StandardOutput(written);
        out.write("ab".getBytes(StandardCharsets.UTF_8));
        out.write('c');
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
        assertThat(out.exitCode(0, err)).isZero();
    }
}
