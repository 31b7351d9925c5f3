package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.protocol.packet.Connect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProfileTest {
    private final MiniBroker broker = MiniBroker.start();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private Result run(String... words) {
        return new Shell().env("XDG_CONFIG_HOME", folder.toString()).run(words);
    }

    private Path file(String name) {
        return folder.resolve("dunlin/profiles").resolve(name);
    }

    @Test
    void savedOptionsConnect() throws Exception {
        Result saved = run(
                "profile",
                "save",
                "prod",
                "-p",
                broker.port(),
                "-i",
                " it's me ",
                "-D",
                "connect",
                "user-property",
                "a b",
                "c",
                "-k",
                "7");
        assertThat(saved.err()).contains("Saved");
        assertThat(saved.code()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("prod"))))
                .isEqualTo("rw-------");

        assertThat(run("pub", "--profile", "prod", "-t", "t", "-m", "m", "-k", "9")
                        .code())
                .isZero();
        Connect connect = broker.next(Connect.class);
        assertThat(connect.clientId()).isEqualTo(" it's me ");
        assertThat(connect.keepAliveSeconds()).isEqualTo(9);
        assertThat(connect.properties().userProperties()).hasToString("[UserProperty[name=a b, value=c]]");
    }

    @Test
    void listShowRemove() {
        run("profile", "save", "b", "-h", "host-b");
        run("profile", "save", "a", "-h", "host-a", "--tls");

        assertThat(run("profile", "list").out()).isEqualTo("a\nb\n");
        assertThat(run("profile", "show", "a").out()).contains("-h host-a\n", "--tls\n");
        assertThat(run("profile", "save", "a", "-h", "x").err()).contains("--force");
        assertThat(run("profile", "save", "a", "-h", "x", "--force").code()).isZero();
        assertThat(run("profile", "remove", "a").code()).isZero();
        assertThat(run("profile", "list").out()).isEqualTo("b\n");
        assertThat(run("profile", "show", "a").err()).contains("no profile 'a'");
        assertThat(run("sub", "--profile", "a", "-t", "t").err()).contains("no profile 'a'");
        assertThat(run("profile", "save", "../x", "-h", "x").err()).contains("letters");
    }

    @Test
    void passwordsAreKeptOnlyWhereAskedAndRead() throws Exception {
        assertThat(run("profile", "save", "p", "-u", "me", "-P", "secret").err())
                .contains("--store-password");
        assertThat(run("profile", "save", "p", "-L", "mqtt://me:secret@h/t").err())
                .contains("--store-password");
        assertThat(file("p")).doesNotExist();
        run("profile", "save", "p", "-p", broker.port(), "-u", "me", "-P", "secret", "--store-password");

        assertThat(run("profile", "show", "p").out()).contains("-P (stored)").doesNotContain("secret");
        run("pub", "--profile", "p", "-t", "t", "-m", "m");
        assertThat(broker.next(Connect.class).password()).isEqualTo("secret".getBytes(StandardCharsets.UTF_8));

        Files.setPosixFilePermissions(file("p"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("pub", "--profile", "p", "-t", "t", "-m", "m").err()).contains("chmod 600");
    }
}
