package io.dunlin.server.migrate;

import io.dunlin.security.acl.AclFile;
import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.users.UserChange;
import io.dunlin.server.migrate.GlobalSettings.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a Mosquitto is configured with and makes a configuration of ours: never one that lets in more clients, or lets them do
 * more, without saying so. Nothing is written before {@link #write}. One thread.
 */
public final class MosquittoImport {
    private final Sections sections;
    private final Draft draft = new Draft();
    private final Report report = new Report();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final ImportFolder folder;
    private final Path conf;
    private List<UserChange> users = List.of();

    private MosquittoImport(Path conf, ImportFolder folder) throws NotImported {
        this.conf = conf;
        this.folder = folder;
        this.sections = Sections.of(MosquittoConf.read(conf));
    }

    /**
     * Reads it.
     *
     * @param conf the mosquitto.conf; files that it names are read where they are
     * @param to the folder for the configuration, made by {@link #write} if absent
     * @param data the broker's data folder
     * @throws NotImported where a file cannot be read, or one that would be written is there already
     */
    public static MosquittoImport read(Path conf, Path to, Path data) throws NotImported {
        ImportFolder folder = new ImportFolder(
                to.toAbsolutePath().normalize(), data.toAbsolutePath().normalize());
        folder.refuseToOverwrite();
        MosquittoImport read = new MosquittoImport(conf, folder);
        read.all();
        return read;
    }

    /** A line for each thing that was taken. */
    public List<String> taken() {
        return report.takenLines();
    }

    /** A line for each thing that was not, with the reason. */
    public List<String> left() {
        return report.leftLines();
    }

    /**
     * Writes the configuration and its files.
     *
     * @return the configuration file
     * @throws NotImported where they cannot be written
     */
    public Path write() throws NotImported {
        files.put(
                ImportFolder.CONFIGURATION, draft.text(conf.toString(), left()).getBytes(StandardCharsets.UTF_8));
        return folder.write(files, users);
    }

    private void all() throws NotImported {
        draft.setText("node.data-dir", folder.data().toString(), "");
        Section global = sections.global();
        Optional<Directive> dynamicSecurity = plugins();
        Section first = sections.withLogins().stream()
                .filter(section -> Logins.file(section, "password_file")
                        .or(() -> Logins.file(section, "acl_file"))
                        .isPresent())
                .findFirst()
                .orElse(global);
        Logins logins = new Logins(sections.perListener(), global, first, dynamicSecurity.isPresent());
        passwords(first);
        rights(first);
        if (dynamicSecurity.isPresent()) {
            users = DynamicSecurity.read(MosquittoConf.besides(dynamicSecurity.get()), draft, report);
            if (draft.has("authorization.acl-file")) {
                draft.set("authorization.chain", "[acl-file, users, rules]", "both are asked, the file first");
            }
        }
        ListenerImport listeners = new ListenerImport(draft, report, logins);
        if (sections.open().isEmpty()) {
            listeners.local(global);
        }
        sections.open().forEach(listeners::listener);
        settings(global, dynamicSecurity.isPresent());
        sections.listeners().forEach(this::rest);
        sections.bridges().forEach(this::bridge);
    }

    /** Returns the line that names the file of the dynamic security plugin. */
    private Optional<Directive> plugins() {
        Optional<Directive> found = Optional.empty();
        for (Section section : sections.withLogins()) {
            boolean others = false;
            for (Directive line : section.lines()) {
                if (!Set.of("plugin", "global_plugin", "auth_plugin", "plugin_load")
                        .contains(line.key())) {
                    continue;
                }
                section.use(line);
                if (line.value().contains("dynamic_security")) {
                    found = found.or(() -> Logins.line(section, "config_file"));
                } else if (!line.value().contains("password_file")
                        && !line.value().contains("acl_file")) {
                    others = true;
                    report.left(
                            line,
                            "plugins of Mosquitto are not loaded; LDAP, SQL, HTTP and JWT are built in: docs/security.md");
                }
            }
            boolean isOther = others;
            section.lines().stream()
                    .filter(line ->
                            line.key().startsWith("plugin_") || line.key().startsWith("auth_opt_"))
                    .filter(line -> isOther
                            || line.key().endsWith("_file")
                            || line.key().equals("plugin_use"))
                    .forEach(section::use);
        }
        return found;
    }

    /** Copies the password file but for the lines that Mosquitto would leave out too. */
    private void passwords(Section first) throws NotImported {
        Optional<Directive> line = Logins.line(first, "password_file");
        if (line.isEmpty()) {
            return;
        }
        Path file = MosquittoConf.besides(line.get());
        List<String> kept = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        int users = 0;
        for (String text : new String(content(line.get(), file), StandardCharsets.ISO_8859_1).split("\n")) {
            number++;
            if (text.isBlank() || text.startsWith("#")) {
                kept.add(text);
                continue;
            }
            String problem = problem(text, names);
            if (problem.isEmpty()) {
                kept.add(text);
                users++;
            } else {
                report.left(file + ":" + number, problem);
            }
        }
        files.put(ImportFolder.PASSWORDS, (String.join("\n", kept) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        draft.set(
                "authentication.password-file",
                ImportFolder.PASSWORDS,
                line.get().place());
        report.taken(line.get(), "authentication.password-file, a copy with " + users + " users");
    }

    private static String problem(String line, Set<String> names) {
        int colon = line.indexOf(':');
        if (colon < 1) {
            return "a line is user:hash";
        }
        if (!names.add(line.substring(0, colon))) {
            return "the user of this line stands in the file twice: the first line counts";
        }
        try {
            Credential.parse(line.substring(colon + 1).strip());
            return "";
        } catch (InvalidCredential e) {
            return "the user of this line was left out, " + e.getMessage();
        }
    }

    private void rights(Section first) throws NotImported {
        Optional<Directive> line = Logins.line(first, "acl_file");
        if (line.isEmpty()) {
            return;
        }
        Path file = MosquittoConf.besides(line.get());
        byte[] content = content(line.get(), file);
        try {
            AclFile.read(file);
        } catch (InvalidRule e) {
            throw new NotImported(e.getMessage() + "; Mosquitto does not start with it either: mend it first");
        }
        files.put(ImportFolder.RIGHTS, content);
        draft.set("authorization.acl-file", ImportFolder.RIGHTS, line.get().place());
        report.taken(line.get(), "authorization.acl-file, a copy that means the same");
    }

    private static byte[] content(Directive line, Path file) throws NotImported {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new NotImported(line.place() + ": " + line.shown()
                    + ": the file cannot be read: run this where Mosquitto" + " runs, as a user who may read it");
        }
    }

    private void settings(Section global, boolean dynamicSecurity) {
        for (String key : List.of("password_file", "acl_file", "allow_anonymous")) {
            global.take(key);
        }
        if (global.peek("persistence").isEmpty()) {
            report.left(
                    conf.toString(),
                    "persistence is not set, so Mosquitto keeps nothing; here the store is on (store.enabled = false turns it"
                            + " off)");
        }
        for (Directive line : global.rest()) {
            if (Sections.ofListener(line.key(), false)) {
                report.left(line, "it stands before any listener, where it means nothing");
                continue;
            }
            switch (GlobalSettings.of(line, dynamicSecurity)) {
                case Outcome.Taken taken -> {
                    draft.set(taken.path(), taken.value(), line.place());
                    report.taken(line, taken.path() + " = " + taken.value());
                }
                case Outcome.Left left -> report.left(line, left.why());
                case Outcome.Nothing _ -> report.taken(line, "nothing to be set");
            }
        }
    }

    private void rest(Section listener) {
        for (String key : List.of("password_file", "acl_file", "allow_anonymous")) {
            listener.take(key);
        }
        for (Directive line : listener.rest()) {
            switch (GlobalSettings.of(line, false)) {
                case Outcome.Taken taken -> report.left(line, "it is one setting for all listeners: " + taken.path());
                case Outcome.Left left -> report.left(line, left.why());
                case Outcome.Nothing _ -> report.taken(line, "nothing to be set");
            }
        }
    }

    private void bridge(Section bridge) {
        Directive head = bridge.head().orElseThrow();
        List<String> topics = bridge.lines().stream()
                .filter(line -> line.key().equals("topic"))
                .map(Directive::value)
                .toList();
        report.left(
                head,
                "bridges are not there yet: keep that connection in a Mosquitto that is a client of this broker"
                        + (topics.isEmpty() ? "" : " (topics: " + String.join("; ", topics) + ")"));
    }
}
