package io.dunlin.console.http;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A request as it came.
 *
 * @param path not decoded, without the query
 * @param query not decoded, "" for none
 * @param header the value of a header by its name, the first where there are several
 * @param body read when it is asked for; throws {@link Problem} where it is too long
 * @param secure whether it came over TLS
 */
public record Incoming(
        String method,
        String path,
        String query,
        Function<String, Optional<String>> header,
        Supplier<byte[]> body,
        SocketAddress peer,
        boolean secure) {}
