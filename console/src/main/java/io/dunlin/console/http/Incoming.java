package io.dunlin.console.http;

import java.io.InputStream;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A request as it came.
 *
 * @param path not decoded, without the query
 * @param query not decoded, "" for none
 * @param header the value of a header by its name, the first where there are several
 * @param body read when it is asked for, with the most that is taken in bytes; throws {@link Problem} where it is longer
 * @param stream the body as it comes, however long it is; in place of {@code body}
 * @param secure whether it came over TLS
 */
public record Incoming(
        String method,
        String path,
        String query,
        Function<String, Optional<String>> header,
        IntFunction<byte[]> body,
        Supplier<InputStream> stream,
        SocketAddress peer,
        boolean secure) {}
