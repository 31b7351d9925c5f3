package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The HTTP server: console, API, health and metrics. */
public record ConsoleConfig(
        @Setting(
                value = "Whether it is there; with `-p` on the command line only where `--console` is given, too",
                byDefault = "true",
                restart = true)
        boolean enabled,

        @Setting(
                value =
                        "Address and port; one that other machines reach needs `console.tls`, or `console.allow-plain = true`",
                byDefault = "127.0.0.1:18083",
                restart = true)
        Bind bind,

        @Setting(
                value =
                        "Whether passwords may go through a network without TLS, for instance behind a proxy of one's own",
                byDefault = "false",
                restart = true)
        boolean allowPlain,

        @Setting("TLS; without it plain HTTP") Optional<ConsoleTls> tls,

        @Setting(
                value =
                        "Further names by which browsers may ask for it; addresses, `localhost` and the name in `bind` always may",
                restart = true)
        List<String> hosts,

        @Setting(
                value = "Whether `/metrics` asks for no login; without it, on the loopback interface only",
                restart = true)
        Optional<Boolean> metricsWithoutLogin,

        @Setting(value = "How long a login holds", byDefault = "12", min = "1", max = "720", restart = true)
        int sessionHours) {

    /** Certificate and key in PEM. */
    public record ConsoleTls(
            @Setting(value = "The certificate and those that signed it, in PEM", restart = true)
            Path certfile,

            @Setting(value = "Its key, in PEM (PKCS#8, without a password)", restart = true)
            Path keyfile) {}
}
