package io.dunlin.cli.connect;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.UsageException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;

/** The value of --proxy. */
final class SocksProxy {
    private static final int DEFAULT_PORT = 1080;

    private SocksProxy() {}

    /** Of socks5h://user:password@host:port. User and password are set for the whole process, as Java has it. */
    static Proxy parse(String url) {
        String prefix = url.startsWith("socks5h://") ? "socks5h://" : "socks5://";
        if (!url.startsWith(prefix)) {
            throw new UsageException("--proxy is written socks5h://user:password@host:port, not '" + url + "'.");
        }
        String rest = url.substring(prefix.length());
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            String user = rest.substring(0, at);
            int colon = user.indexOf(':');
            String name = colon < 0 ? user : user.substring(0, colon);
            char[] password =
                    colon < 0 ? new char[0] : user.substring(colon + 1).toCharArray();
            Authenticator.setDefault(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication(name, password);
                }
            });
        }
        String hostAndPort = rest.substring(at + 1);
        int colon = hostAndPort.lastIndexOf(':');
        int port = colon < 0
                ? DEFAULT_PORT
                : (int) Args.number("The port of --proxy", hostAndPort.substring(colon + 1), 1, 65_535);
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        return new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(host, port));
    }
}
