package io.dunlin.console.account;

import io.dunlin.security.file.AtomicFile;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.InvalidCredential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The accounts and keys in a file that only its owner may read. Waits for the disk. */
final class AccountFile {
    private static final int VERSION = 1;
    private static final long BYTES_MAX = 4 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private AccountFile() {}

    /** What it holds. */
    record Content(List<Account> accounts, List<ApiKey> keys) {
        Content {
            accounts = List.copyOf(accounts);
            keys = List.copyOf(keys);
        }
    }

    /** @throws AccountProblem where it is damaged: nobody gets in by a file that nobody understands */
    static Content read(Path file) {
        if (!Files.exists(file)) {
            return new Content(List.of(), List.of());
        }
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw damaged(file, "it is larger than 4 MiB");
            }
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            if (tree.path("version").asInt(0) != VERSION) {
                throw damaged(file, "its version is not " + VERSION);
            }
            List<Account> accounts = new ArrayList<>();
            tree.path("users").forEach(user -> accounts.add(account(file, user)));
            List<ApiKey> keys = new ArrayList<>();
            tree.path("keys").forEach(key -> keys.add(key(file, key)));
            return new Content(accounts, keys);
        } catch (JacksonException e) {
            throw damaged(file, "it is no JSON");
        } catch (IOException e) {
            throw new AccountProblem("the console's accounts " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static Account account(Path file, JsonNode user) {
        try {
            return new Account(
                    text(file, user, "name"), role(file, user), Credential.parse(text(file, user, "password")), 0);
        } catch (InvalidCredential e) {
            throw damaged(file, "the password of " + user.path("name").asString("") + " is none");
        }
    }

    private static ApiKey key(Path file, JsonNode key) {
        try {
            JsonNode expires = key.path("expires");
            return new ApiKey(
                    text(file, key, "name"),
                    role(file, key),
                    text(file, key, "id"),
                    text(file, key, "digest"),
                    Instant.parse(text(file, key, "created")),
                    key.path("by").asString(""),
                    expires.isString() ? Instant.parse(expires.stringValue()) : null);
        } catch (DateTimeException e) {
            throw damaged(file, "a key has a date that is none");
        }
    }

    private static Role role(Path file, JsonNode entry) {
        return Role.of(text(file, entry, "role"))
                .orElseThrow(() -> damaged(file, "a role is none of viewer, operator and admin"));
    }

    private static String text(Path file, JsonNode entry, String name) {
        JsonNode value = entry.path(name);
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw damaged(file, "an entry has no " + name);
        }
        return value.stringValue();
    }

    private static AccountProblem damaged(Path file, String why) {
        return new AccountProblem("the console's accounts " + file + " are damaged, " + why
                + ": move the file away and start again, then a new password for admin is made");
    }

    /** A password as a line of a file that only its owner may read. */
    static void writePassword(Path file, String password) {
        try {
            AtomicFile.create(file, (password + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AccountProblem("the first password cannot be written to " + file + ": " + e.getMessage());
        }
    }

    static void write(Path file, Content content) {
        ObjectNode tree = JSON.createObjectNode().put("version", VERSION);
        ArrayNode users = tree.putArray("users");
        content.accounts()
                .forEach(account -> users.addObject()
                        .put("name", account.name())
                        .put("role", account.role().text())
                        .put("password", account.credential().text()));
        ArrayNode keys = tree.putArray("keys");
        for (ApiKey key : content.keys()) {
            ObjectNode entry = keys.addObject()
                    .put("name", key.name())
                    .put("role", key.role().text())
                    .put("id", key.id())
                    .put("digest", key.digest())
                    .put("created", key.created().toString())
                    .put("by", key.by());
            Instant expires = key.expires();
            if (expires != null) {
                entry.put("expires", expires.toString());
            }
        }
        try {
            AtomicFile.create(file, JSON.writeValueAsBytes(tree));
        } catch (IOException e) {
            throw new AccountProblem("the console's accounts cannot be written to " + file + ": " + e.getMessage());
        }
    }
}
