package io.dunlin.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.store.SessionStore.Stored;
import io.dunlin.client.store.Stores.State;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.topic.TopicName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreTest {
    @TempDir
    Path folder;

    private Path path;
    private FileStore store;

    @BeforeEach
    void open() {
        path = folder.resolve("session");
        store = FileStore.at(path);
        assertThat(State.of(store.open(Stores.CLIENT))).isEqualTo(State.NOTHING);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private State reopened() {
        store.close();
        store = FileStore.at(path);
        return State.of(store.open(Stores.CLIENT));
    }

    @Test
    void givesBackWhatIsNotFinishedInTheOrderOfAcceptance() {
        long waiting = store.add(Stores.message(1));
        long answered = store.add(Stores.message(2));
        long sent = store.add(Stores.message(4));
        long released = store.add(Stores.message(5));
        long lost = store.add(Stores.message(7));
        store.sent(answered, 1);
        store.sent(sent, 65_535);
        store.sent(released, 3);
        store.released(released);
        store.sent(lost, 4);
        store.unsent(lost);
        store.remove(answered);
        State expected = new State(
                List.of(
                        new Stored(waiting, Stores.message(1), 0, false),
                        new Stored(sent, Stores.message(4), 65_535, false),
                        new Stored(released, Stores.message(5), 3, true),
                        new Stored(lost, Stores.message(7), 0, false)),
                List.of());
        assertThat(reopened()).isEqualTo(expected);
        assertThat(store.add(Stores.message(8))).isGreaterThan(lost);
    }

    @Test
    void remembersReceivedIdentifiersUntilTheyAreReleased() {
        store.received(9);
        store.received(65_535);
        store.received(9);
        store.received(2);
        store.receivedDone(9);
        assertThat(reopened().receivedIds()).containsExactly(65_535, 2);
        store.sessionLost();
        assertThat(reopened()).isEqualTo(State.NOTHING);
    }

    @Test
    void keepsAllOfAMessageButWhatBelongsToOneSending() {
        Properties properties = Properties.builder()
                .add(Property.MESSAGE_EXPIRY_INTERVAL, 4_000_000_000L)
                .add(Property.TOPIC_ALIAS, 3L)
                .add(Property.CORRELATION_DATA, new byte[] {0, 1, 2})
                .add(Property.USER_PROPERTY, new UserProperty("a", "\u00fc"))
                .build();
        byte[] payload = new byte[300_000];
        payload[299_999] = 1;
        TopicName topic = TopicName.of("ofen/\u00fc/7");
        store.add(new Publish(true, QoS.EXACTLY_ONCE, true, topic, 77, properties, payload));
        store.add(new Publish(false, QoS.AT_MOST_ONCE, false, topic, 0, Properties.NONE, new byte[0]));
        assertThat(reopened().messages())
                .extracting(Stored::message)
                .containsExactly(
                        new Publish(false, QoS.EXACTLY_ONCE, true, topic, 0, properties, payload),
                        new Publish(false, QoS.AT_MOST_ONCE, false, topic, 0, Properties.NONE, new byte[0]));
    }

    @Test
    void refusesAMessageThatNoServerCouldRead() {
        Properties wrong =
                Properties.builder().add(Property.RECEIVE_MAXIMUM, 3L).build();
        Publish message = new Publish(false, QoS.AT_LEAST_ONCE, false, TopicName.of("a"), 0, wrong, new byte[0]);
        assertThatThrownBy(() -> store.add(message)).isInstanceOf(IllegalArgumentException.class);
        assertThat(reopened()).isEqualTo(State.NOTHING);
    }

    @Test
    void ignoresWhatItDoesNotKnow() throws IOException {
        long bytes = Files.size(path);
        store.sent(7, 1);
        store.released(7);
        store.unsent(7);
        store.remove(7);
        store.receivedDone(7);
        store.sessionLost();
        assertThat(Files.size(path)).isEqualTo(bytes);
    }

    @Test
    void worksForAThreadThatIsInterrupted() {
        Thread.currentThread().interrupt();
        long token = store.add(Stores.message(1));
        assertThat(reopened().messages()).extracting(Stored::token).containsExactly(token);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void staysSmallWhereMessagesComeAndGo() throws IOException {
        store.close();
        store = FileStore.at(path).compactAbove(10_000);
        store.open(Stores.CLIENT);
        long kept = store.add(Stores.message(1));
        for (int i = 0; i < 5_000; i++) {
            store.remove(store.add(Stores.message(i)));
            assertThat(Files.size(path)).isLessThan(11_000);
        }
        assertThat(reopened().messages()).extracting(Stored::token).containsExactly(kept);
        assertThat(store.add(Stores.message(2))).isGreaterThan(5_000);
    }

    @Test
    void isForItsOwnerAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesASecondUser() throws Exception {
        FileStore second = FileStore.at(path);
        assertThatThrownBy(() -> second.open(Stores.CLIENT))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("in use by another client");
        // The refused one must not have let the lock go, which fcntl does when any handle of the file is closed.
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).contains("in use by another client");
        }
        assertThat(other.waitFor()).isZero();
    }

    /** Tries to open the store and says what came of it. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            try {
                FileStore.at(Path.of(args[0])).open(Stores.CLIENT);
                System.out.println("opened");
            } catch (StoreFailed e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void isFreeAgainAfterARefusal() {
        store.close();
        assertThatThrownBy(() -> FileStore.at(path).open("other"))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("belongs to the client identifier \"furnace-7\", not to \"other\"");
        assertThat(reopened()).isEqualTo(State.NOTHING);
    }

    @Test
    void saysWhatToDoWhereThereIsNoPlaceForAFile() {
        assertThatThrownBy(() -> FileStore.at(folder).open(Stores.CLIENT))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("is a folder: name a file in it");
        assertThatThrownBy(() -> FileStore.at(folder.resolve("a/b")).open(Stores.CLIENT))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("does not exist: create it");
    }

    @Test
    void refusesAFormatOfTheFuture() throws IOException {
        store.close();
        Files.write(path, new Header(2, Stores.CLIENT, 0).encoded());
        assertThatThrownBy(() -> FileStore.at(path).open(Stores.CLIENT))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("has format 2, and this version knows 1: use the version that wrote it");
    }

    @Test
    void refusesToWorkWhenClosed() {
        store.close();
        assertThatThrownBy(() -> store.add(Stores.message(1)))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("open it first");
    }

    @Test
    void followsASymbolicLink() throws IOException {
        long token = store.add(Stores.message(1));
        store.close();
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);
        FileStore linked = FileStore.at(link).compactAbove(0);
        assertThat(State.of(linked.open(Stores.CLIENT)).messages()).hasSize(1);
        linked.received(1);
        linked.remove(token);
        linked.close();
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(reopened()).isEqualTo(new State(List.of(), List.of(1)));
    }
}
