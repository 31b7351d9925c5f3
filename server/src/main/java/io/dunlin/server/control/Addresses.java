package io.dunlin.server.control;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses of clients as people write them. */
public final class Addresses {
    /** All four parts: InetAddress reads 1.2.3 as 1.2.0.3. */
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private Addresses() {}

    /**
     * As the broker writes it: an address of IPv6 has several forms.
     *
     * @throws CommandFailed where it is none, nor {@code local}
     */
    public static String of(String text) {
        if (text.equals("local")) {
            return text;
        }
        try {
            if (text.contains(":") || IPV4.matcher(text).matches()) {
                return InetAddress.ofLiteral(text).getHostAddress();
            }
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static CommandFailed wrong(String text) {
        return new CommandFailed(text + " is no IP address: expected is one such as 10.0.0.7 or 2001:db8::7,"
                + " or local for a unix domain socket");
    }
}
