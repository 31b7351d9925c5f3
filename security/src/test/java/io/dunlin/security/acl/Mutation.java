package io.dunlin.security.acl;

import java.util.List;
import java.util.Random;

/** Changes a text here and there. */
final class Mutation {
    private static final List<String> PIECES = List.of(
            " ",
            "  ",
            "\t",
            "\n",
            "\r",
            "\0",
            "\"",
            "\\",
            ",",
            "=",
            "/",
            "+",
            "#",
            "%c",
            "%u",
            "${",
            "}",
            "$share/g/",
            "eq ",
            "qos=",
            "deny",
            "allow",
            "read",
            "topic ",
            "user ",
            "pattern ",
            "é",
            "\ud83d",
            "\ufeff",
            "10.0.0.0/8",
            "addresses=");

    private Mutation() {}

    static String of(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && !out.isEmpty(); i++) {
            int at = random.nextInt(out.length());
            int end = Math.min(out.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> out.delete(at, end);
                case 1 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> out.insert(random.nextInt(out.length()), out.substring(at, end));
                default -> out.setCharAt(at, (char) (32 + random.nextInt(95)));
            }
        }
        return out.toString();
    }
}
