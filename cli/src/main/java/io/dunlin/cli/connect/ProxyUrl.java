package io.dunlin.cli.connect;

import io.dunlin.cli.args.UsageException;
import io.dunlin.client.transport.ProxyOptions;

/** The value of --proxy. */
final class ProxyUrl {
    private ProxyUrl() {}

    /** Of socks5h://user:password@host:port or http://user:password@host:port. */
    static ProxyOptions parse(String url) {
        int scheme = url.indexOf("://");
        boolean socks = url.startsWith("socks5h://") || url.startsWith("socks5://");
        if (!socks && !url.startsWith("http://")) {
            throw new UsageException(
                    "--proxy is written socks5h://user:password@host:port or http://…, not '" + url + "'.");
        }
        String rest = url.substring(scheme + 3);
        int slash = rest.indexOf('/');
        rest = slash < 0 ? rest : rest.substring(0, slash);
        int at = rest.lastIndexOf('@');
        String hostAndPort = rest.substring(at + 1);
        int colon = hostAndPort.endsWith("]") ? -1 : hostAndPort.lastIndexOf(':');
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        int port = colon < 0
                ? socks ? 1080 : 3128
                : (int) io.dunlin.cli.args.Args.number(
                        "The port of --proxy", hostAndPort.substring(colon + 1), 1, 65_535);
        ProxyOptions proxy = socks ? ProxyOptions.socks5(host, port) : ProxyOptions.http(host, port);
        if (at < 0) {
            return proxy;
        }
        String user = rest.substring(0, at);
        int separator = user.indexOf(':');
        return separator < 0
                ? proxy.withLogin(user, "")
                : proxy.withLogin(user.substring(0, separator), user.substring(separator + 1));
    }
}
