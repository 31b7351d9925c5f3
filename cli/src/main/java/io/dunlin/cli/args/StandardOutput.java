package io.dunlin.cli.args;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, that remembers whether something could not be written: a command that went well has failed then after all. A reader that
 * has gone, such as {@code head}, has what it wanted. Not buffered. Thread: any.
 */
public final class StandardOutput extends OutputStream {
    private static final String READER_HAS_GONE = "Broken pipe";

    private final OutputStream to;
    private volatile @Nullable IOException failure;

    public StandardOutput(OutputStream to) {
        this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            to.write(bytes, from, length);
        } catch (IOException e) {
            if (!READER_HAS_GONE.equals(e.getMessage())) {
                failure = e;
            }
            throw e;
        }
    }

    /** The exit code of a command that ended with this one; where output was lost, says so. */
    public int exitCode(int code, PrintStream err) {
        IOException lost = failure;
        if (lost == null) {
            return code;
        }
        err.println("Error: Standard output cannot be written: " + lost.getMessage() + ".");
        return code == ExitCode.OK ? ExitCode.ERROR : code;
    }
}
