package io.dunlin.server.assess;

import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigText;
import io.dunlin.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Tells whether two processes have the same settings. Secrets take no part in it. */
public final class ConfigDigest {
    private static final int BYTES = 12;

    private ConfigDigest() {}

    public static String of(ServerConfig config) {
        Bound<ServerConfig> bound = new Bound<>(config, Map.of(), List.of());
        String text = String.join("\n", ConfigText.print(bound, true, true));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
