package io.dunlin.console.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of the class path: the pages, and under {@code /lib/} what they use of WebJars. A browser asks each time whether its copy is
 * still right, so that nobody sees yesterday's page after an update. Thread: any.
 */
public final class Pages {
    private static final String ROOT = "/io/dunlin/console/pages";
    private static final String LIBRARIES = "/lib/";
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "mjs", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    /** The libraries that are served, by name: where the jar of each says its version. */
    private static final Map<String, String> WEB_JARS =
            Map.of("preact", "/META-INF/maven/org.webjars.npm/preact/pom.properties");

    private final Map<String, Page> known = new ConcurrentHashMap<>(); // bounded: only what is there

    private record Page(String type, byte[] content, String tag) {}

    /** Empty where there is no such file. */
    Optional<Reply> find(String path, Optional<String> ifNoneMatch) {
        String file = path.equals("/") ? "/index.html" : path;
        if (!PATH.matcher(file).matches()) {
            return Optional.empty();
        }
        @Nullable Page page = known.get(file);
        if (page == null) {
            page = load(file);
        }
        if (page == null) {
            return Optional.empty();
        }
        known.putIfAbsent(file, page);
        Reply reply = ifNoneMatch.isPresent() && ifNoneMatch.get().equals(page.tag())
                ? new Reply(304, "", new byte[0], Map.of(), null)
                : Reply.bytes(200, page.type(), page.content());
        return Optional.of(reply.with("ETag", page.tag()).with("Cache-Control", "no-cache"));
    }

    private static @Nullable Page load(String file) {
        @Nullable String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        Optional<String> resource = file.startsWith(LIBRARIES) ? library(file) : Optional.of(ROOT + file);
        if (type == null || resource.isEmpty()) {
            return null;
        }
        try (InputStream in = Pages.class.getResourceAsStream(resource.get())) {
            if (in == null) {
                return null;
            }
            byte[] content = in.readAllBytes();
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return new Page(type, content, "\"" + HexFormat.of().formatHex(sha.digest(content), 0, 12) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    /** {@code /lib/preact/dist/x.js} is a file of the jar of that library, whose path there holds its version. */
    private static Optional<String> library(String file) {
        int end = file.indexOf('/', LIBRARIES.length());
        @Nullable String properties = end < 0 ? null : WEB_JARS.get(file.substring(LIBRARIES.length(), end));
        if (properties == null) {
            return Optional.empty();
        }
        try (InputStream in = Pages.class.getResourceAsStream(properties)) {
            if (in == null) {
                return Optional.empty();
            }
            Properties jar = new Properties();
            jar.load(in);
            return Optional.of("/META-INF/resources/webjars/" + jar.getProperty("artifactId") + "/"
                    + jar.getProperty("version") + file.substring(end));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
