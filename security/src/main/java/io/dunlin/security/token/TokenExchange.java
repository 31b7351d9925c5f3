package io.dunlin.security.token;

import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.token.ClaimReader.Client;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A token as authentication data: with the CONNECT or AUTH that begins, or asked for by one AUTH. One call at a time. */
final class TokenExchange implements Exchange {
    private static final byte[] NOTHING = {};

    private final JwtSource source;
    private final Client client;
    private boolean askedFor;

    TokenExchange(JwtSource source, Client client) {
        this.source = source;
        this.client = client;
    }

    @Override
    public CompletionStage<Outcome> next(byte[] data) {
        if (data.length == 0 && !askedFor) {
            askedFor = true;
            return CompletableFuture.completedStage(new Outcome.Continue(NOTHING));
        }
        askedFor = true;
        return source.check(new String(data, StandardCharsets.ISO_8859_1), client, ReasonCode.NOT_AUTHORIZED)
                .thenApply(this::outcome);
    }

    private Outcome outcome(LoginAnswer answer) {
        return switch (answer) {
            case LoginAnswer.Accepted yes ->
                new Outcome.Accepted(new Principal(client.id(), yes.username(), yes.login()), null);
            case LoginAnswer.Refused no -> new Outcome.Refused(no.reason(), no.message());
            case LoginAnswer.Unknown _ ->
                new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "the authentication data is no token");
        };
    }
}
