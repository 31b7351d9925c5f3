package io.dunlin.cli.output;

import io.dunlin.cli.args.UsageException;
import io.dunlin.client.Delivery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Payloads go into files: all into one, or each into one of its own, whose name is printed. */
final class FileSink implements Printer {
    private static final int NAME_MAX = 100;

    private final Path target;
    private final boolean each;
    private final byte[] delimiter;
    private long number;

    private FileSink(Path target, boolean each, byte[] delimiter) {
        this.target = target;
        this.each = each;
        this.delimiter = delimiter;
    }

    static FileSink folder(String name) {
        Path folder = Path.of(name);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException("The folder " + name + " of --file-save cannot be made: is it a file?");
        }
        return new FileSink(folder, true, new byte[0]);
    }

    static FileSink file(String name, String delimiter) {
        Path file = Path.of(name);
        try {
            Files.write(file, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UsageException("The file " + name + " of --file-write cannot be written: does its folder exist?");
        }
        String text = delimiter.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0");
        return new FileSink(file, false, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void print(Delivery message, Moment moment, ByteArrayOutputStream out) {
        try {
            if (each) {
                String name = saved(message).toString();
                out.writeBytes((name + "\n").getBytes(StandardCharsets.UTF_8));
            } else {
                ByteArrayOutputStream record = new ByteArrayOutputStream();
                record.writeBytes(message.payload());
                record.writeBytes(delimiter);
                Files.write(target, record.toByteArray(), StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The topic makes the name, without what a path would understand; nothing that is there is overwritten. */
    private Path saved(Delivery message) throws IOException {
        String topic = message.topic().replaceAll("[^\\p{L}\\p{N}._-]", "_");
        String end = topic.length() > NAME_MAX ? topic.substring(0, NAME_MAX) : topic;
        Path file;
        do { // files of an earlier run stay
            number++;
            file = target.resolve(String.format("%06d-%s", number, end));
        } while (Files.exists(file, LinkOption.NOFOLLOW_LINKS));
        return Files.write(file, message.payload(), StandardOpenOption.CREATE_NEW);
    }
}
