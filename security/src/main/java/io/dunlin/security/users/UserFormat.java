package io.dunlin.security.users;

import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleText;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.InvalidCredential;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The bytes of the file: a line that names the format, its version and the SHA-256 of all that follows, then an object with users,
 * groups and roles. Pure functions.
 */
final class UserFormat {
    private static final int VERSION = 1;
    private static final String HEAD = "{\"format\":\"dunlin-users\",\"version\":";
    private static final String CHECKSUM = ",\"sha256\":\"";
    private static final JsonFactory JSON = JsonFactory.builder().build();

    private UserFormat() {}

    /** The bytes are not those of a whole file; the message is half a sentence without secrets. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    static byte[] write(State state) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("change", state.version());
            json.writeObjectPropertyStart("users");
            state.users().forEach((name, user) -> {
                json.writeRaw("\n");
                json.writeObjectPropertyStart(name);
                json.writeStringProperty("password", user.credential().text());
                json.writeBooleanProperty("enabled", user.enabled());
                list(json, "roles", user.roles());
                list(json, "groups", user.groups());
                json.writeEndObject();
            });
            json.writeEndObject();
            json.writeObjectPropertyStart("groups");
            state.groups().forEach((name, roles) -> {
                json.writeObjectPropertyStart(name);
                list(json, "roles", roles);
                json.writeEndObject();
            });
            json.writeEndObject();
            json.writeObjectPropertyStart("roles");
            state.roles().forEach((name, rules) -> {
                json.writeObjectPropertyStart(name);
                list(json, "rules", rules.stream().map(RuleText::print).toList());
                json.writeEndObject();
            });
            json.writeEndObject();
            json.writeEndObject();
        }
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] head = (HEAD + VERSION + CHECKSUM + sha256(body, 0) + "\"}\n").getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    private static void list(JsonGenerator json, String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }

    static State read(byte[] bytes) throws Unreadable {
        int lineEnd = 0;
        while (lineEnd < bytes.length && bytes[lineEnd] != '\n') {
            lineEnd++;
        }
        String head = new String(bytes, 0, lineEnd, StandardCharsets.ISO_8859_1);
        int checksum = head.indexOf(CHECKSUM);
        if (lineEnd == bytes.length || !head.startsWith(HEAD) || checksum < 0) {
            throw new Unreadable("does not begin as a file of users does");
        }
        if (!head.substring(HEAD.length(), checksum).equals(Integer.toString(VERSION))) {
            throw new Unreadable("has a version that this Dunlin does not know: it was written by a newer one");
        }
        if (!head.substring(checksum).equals(CHECKSUM + sha256(bytes, lineEnd + 1) + "\"}")) {
            throw new Unreadable("is damaged or was changed by hand: its checksum is wrong");
        }
        try {
            String body = new String(bytes, lineEnd + 1, bytes.length - lineEnd - 1, StandardCharsets.UTF_8);
            return state(JsonTree.read(JSON, body));
        } catch (JacksonException e) {
            throw new Unreadable("is not what a Dunlin writes");
        } catch (InvalidCredential | InvalidRule e) {
            throw new Unreadable("cannot be used: " + e.getMessage());
        }
    }

    private static State state(JsonTree root) throws Unreadable {
        TreeMap<String, State.User> users = new TreeMap<>();
        for (Map.Entry<String, JsonTree> entry : root.member("users").members().entrySet()) {
            JsonTree user = entry.getValue();
            users.put(
                    entry.getKey(),
                    new State.User(
                            Credential.parse(user.member("password").text()),
                            user.member("enabled").flag(),
                            user.member("roles").texts(),
                            user.member("groups").texts()));
        }
        TreeMap<String, List<String>> groups = new TreeMap<>();
        for (Map.Entry<String, JsonTree> entry : root.member("groups").members().entrySet()) {
            groups.put(entry.getKey(), entry.getValue().member("roles").texts());
        }
        TreeMap<String, List<Rule>> roles = new TreeMap<>();
        for (Map.Entry<String, JsonTree> entry : root.member("roles").members().entrySet()) {
            List<Rule> rules = new ArrayList<>();
            for (String rule : entry.getValue().member("rules").texts()) {
                rules.add(RuleText.parse(rule, "role " + entry.getKey() + " rule " + (rules.size() + 1)));
            }
            roles.put(entry.getKey(), List.copyOf(rules));
        }
        return new State(root.member("change").number(), users, groups, roles);
    }

    private static String sha256(byte[] bytes, int from) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, bytes.length - from);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
