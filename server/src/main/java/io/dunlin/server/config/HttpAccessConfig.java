package io.dunlin.server.config;

import io.dunlin.security.http.HttpSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Rights that a service decides about. */
public record HttpAccessConfig(
        @Setting(
                "The address, with `${...}` after the host only; values are encoded so that they stay where they stand")
        String url,

        @Setting(value = "`post` sends `body` as JSON or form, `get` as the query", byDefault = "post")
        HttpSettings.Method method,

        @Setting("Headers by name, such as `Authorization`; never shown. `Content-Type` says JSON or form")
        Map<String, Secret> headers,

        @Setting("What is sent, by name, with `${clientid}`, `${username}`, `${peerhost}`, `${listener}`, `${action}`,"
                + " `${topic}`, `${qos}`, `${retain}`, `${cert_common_name}`, `${cert_subject}` and attributes of"
                + " the login such as `${jwt.site}`; without any, client id, user name, topic, action, quality of"
                + " service and retain flag")
        Map<String, String> body,

        @Setting(value = "For one whole answer", byDefault = "5s", min = "10ms", max = "1m")
        Duration timeout,

        @Setting(
                value = "Questions under way at the same time; more are refused",
                byDefault = "256",
                min = "1",
                max = "100000")
        int maxConcurrent,

        @Setting(value = "Longer answers are failures", byDefault = "64KiB", min = "16", max = "16MiB")
        Size maxResponse,

        @Setting("Authorities that are trusted for https, in PEM, instead of those of the machine")
        Optional<Path> cafile,

        @Setting(
                value = "How long an allowing answer holds; 0s for not at all",
                byDefault = "1m",
                min = "0s",
                max = "1d")
        Duration rememberAllowed,

        @Setting(
                value = "How long every other answer holds; 0s for not at all",
                byDefault = "5s",
                min = "0s",
                max = "1d")
        Duration rememberDenied,

        @Setting(value = "Answers that are remembered", byDefault = "10000", min = "0", max = "10000000")
        int rememberMax,

        @Setting(
                value = "Failures in a row after which nothing is asked for a while, and everybody refused",
                byDefault = "5",
                min = "1",
                max = "1000000")
        int maxFailures,

        @Setting(value = "That while; one question tries then", byDefault = "5s", min = "10ms", max = "1h")
        Duration pause,

        @Setting(
                value = "Whether the topic of each message is asked about before it is sent to a subscriber; without"
                        + " it, the answer for the filter stands for all topics that it matches",
                byDefault = "false")
        boolean checkDelivery) {
    private static final Map<String, String> BODY = Map.of(
            "clientid", "${clientid}",
            "username", "${username}",
            "action", "${action}",
            "topic", "${topic}",
            "qos", "${qos}",
            "retain", "${retain}");

    /** As the source takes it. */
    public HttpSettings toSettings() {
        Map<String, String> shown = new HashMap<>();
        headers.forEach((header, value) -> shown.put(header, value.value()));
        return new HttpSettings(
                url,
                method,
                shown,
                body.isEmpty() ? BODY : body,
                timeout,
                maxConcurrent,
                (int) maxResponse.bytes(),
                cafile,
                rememberAllowed,
                rememberDenied,
                rememberMax,
                maxFailures,
                pause);
    }
}
