package io.dunlin.security.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dunlin.broker.port.Clock;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.certificate.OcspCheck.Mode;
import io.dunlin.security.login.LoginAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("TimeInStaticInitializer") // the moment of the test
@Timeout(60)
final class OcspCheckTest {
    private static final Made ROOT = Made.root("Root");
    private static final Instant NOW = Instant.now();
    private static final String LET_IN = "";

    /** Makes the body of an answer to a question. */
    private interface Responder {
        byte @Nullable [] answer(OCSPReq question) throws Exception;
    }

    private final AtomicInteger questions = new AtomicInteger();
    private final CountDownLatch silence = new CountDownLatch(1);
    private final List<OcspCheck> checks = new ArrayList<>();
    private volatile Responder responder = question -> null;
    private volatile int status = 200;
    private volatile Instant now = NOW;
    private @Nullable HttpServer server;
    private URI address = URI.create("http://127.0.0.1/");
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return now.toEpochMilli();
        }
    };

    @BeforeEach
    void serve() throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        made.createContext("/", exchange -> {
            questions.incrementAndGet();
            byte[] body;
            try {
                body = responder.answer(new OCSPReq(exchange.getRequestBody().readAllBytes()));
            } catch (Exception e) {
                throw new IOException(e);
            }
            if (body == null) {
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        made.start();
        server = made;
        address = URI.create("http://127.0.0.1:" + made.getAddress().getPort() + "/ocsp");
    }

    @AfterEach
    void stop() {
        silence.countDown();
        checks.forEach(OcspCheck::close);
        if (server != null) {
            server.stop(0);
        }
    }

    private OcspCheck check(Mode mode) {
        return check(mode, Duration.ofSeconds(30));
    }

    private OcspCheck check(Mode mode, Duration timeout) {
        OcspCheck check = new OcspCheck(new OcspCheck.Settings(mode, Optional.empty(), timeout, 10), clock);
        checks.add(check);
        return check;
    }

    /** What becomes of a client: {@link #LET_IN}, or the reason code and the message. */
    private static String outcome(OcspCheck check, Made client) {
        Optional<LoginAnswer.Refused> refused = check.check(
                        client.certificate, () -> List.of(client.certificate, ROOT.certificate))
                .toCompletableFuture()
                .join();
        return refused.map(why -> why.reason() + ": " + why.message()).orElse(LET_IN);
    }

    private void says(@Nullable CertificateStatus said) {
        responder = question -> answer(question, said, ROOT, null, NOW.minusSeconds(60), NOW.plusSeconds(3600), true);
    }

    private static byte[] answer(
            OCSPReq question,
            @Nullable CertificateStatus said,
            Made signer,
            @Nullable Made shown,
            Instant from,
            @Nullable Instant until,
            boolean withNonce)
            throws Exception {
        CertificateID id = question.getRequestList()[0].getCertID();
        return answer(question, id, said, signer, shown, from, until, withNonce);
    }

    private static byte[] answer(
            OCSPReq question,
            CertificateID id,
            @Nullable CertificateStatus said,
            Made signer,
            @Nullable Made shown,
            Instant from,
            @Nullable Instant until,
            boolean withNonce)
            throws Exception {
        BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new RespID(signer.name()));
        builder.addResponse(id, said, Date.from(from), until == null ? null : Date.from(until), null);
        Extension nonce = question.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (withNonce && nonce != null) {
            builder.setResponseExtensions(new Extensions(nonce));
        }
        X509CertificateHolder[] chain = shown == null
                ? new X509CertificateHolder[0]
                : new X509CertificateHolder[] {new JcaX509CertificateHolder(shown.certificate)};
        var basic = builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signer.keys.getPrivate()), chain, Date.from(NOW));
        return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded();
    }

    private Made client() {
        return ROOT.clientAt(address.toString());
    }

    @Test
    void goodComesInAndIsRememberedUntilTheAnswerEnds() {
        says(CertificateStatus.GOOD);
        OcspCheck check = check(Mode.REQUIRED);
        Made client = client();
        assertThat(outcome(check, client)).isEqualTo(LET_IN);
        assertThat(outcome(check, client)).isEqualTo(LET_IN);
        assertThat(questions).hasValue(1);
        now = NOW.plusSeconds(3601);
        responder = question -> answer(question, null, ROOT, null, now.minusSeconds(1), now.plusSeconds(60), true);
        assertThat(outcome(check, client)).isEqualTo(LET_IN);
        assertThat(questions).hasValue(2);
        assertThat(check.figures()).isEqualTo(new OcspCheck.Figures(2, 3, 0, 0));
    }

    @Test
    void revokedAndUnknownAreRefusedInBothModes() {
        for (Mode mode : Mode.values()) {
            OcspCheck check = check(mode);
            says(new RevokedStatus(Date.from(NOW.minusSeconds(100)), CRLReason.keyCompromise));
            Made revoked = client();
            assertThat(outcome(check, revoked))
                    .startsWith(ReasonCode.NOT_AUTHORIZED + ": ")
                    .contains("was revoked");
            assertThat(outcome(check, revoked)).contains("was revoked");
            says(new UnknownStatus());
            assertThat(outcome(check, client())).contains("does not know");
        }
        assertThat(questions).hasValue(4);
    }

    private void isUseless(String why) {
        Made client = client();
        assertThat(outcome(check(Mode.SOFT), client)).isEqualTo(LET_IN);
        assertThat(outcome(check(Mode.REQUIRED), client))
                .startsWith(ReasonCode.SERVER_UNAVAILABLE + ": ")
                .contains(why);
    }

    @Test
    void whatCannotBeBelievedCountsAsNoAnswer() {
        Instant before = NOW.minusSeconds(60);
        Instant after = NOW.plusSeconds(3600);
        Made namesake = Made.root("Root");
        responder = question -> answer(question, null, namesake, null, before, after, true);
        isUseless("not signed by");
        responder = question -> answer(question, null, namesake, namesake, before, after, true);
        isUseless("not signed by");
        responder =
                question -> answer(question, null, ROOT, null, NOW.minusSeconds(9000), NOW.minusSeconds(1000), true);
        isUseless("was good until");
        responder = question -> answer(question, null, ROOT, null, NOW.plusSeconds(3600), NOW.plusSeconds(7200), true);
        isUseless("of the future");
        responder = question -> answer(question, null, ROOT, null, NOW.minus(Duration.ofDays(2)), null, true);
        isUseless("was good until");
        responder = question -> answer(otherQuestion(), null, ROOT, null, before, after, true);
        isUseless("another question");
        responder = question -> {
            CertificateID other = otherQuestion().getRequestList()[0].getCertID();
            return answer(question, other, null, ROOT, null, before, after, true);
        };
        isUseless("another certificate");
        responder = question -> new OCSPResp(new OCSPRespBuilder()
                        .build(OCSPRespBuilder.TRY_LATER, null)
                        .getEncoded())
                .getEncoded();
        isUseless("status 3");
        for (byte[] malformed :
                List.of(new byte[0], new byte[] {0x30, (byte) 0x84, 127, 127, 127, 127}, new byte[500])) {
            responder = question -> malformed;
            isUseless("cannot be read");
        }
        responder = question -> {
            byte[] whole = answer(question, null, ROOT, null, before, after, true);
            return Arrays.copyOf(whole, whole.length / 2);
        };
        isUseless("");
        responder = question -> new byte[70_000];
        isUseless("");
        responder = question -> new byte[1];
        status = 404;
        isUseless("HTTP status 404");
    }

    private static OCSPReq otherQuestion() throws Exception {
        Made other = ROOT.client("CN=other");
        return new OCSPReq(new OcspMessages(other.certificate, ROOT.certificate).question());
    }

    @Test
    void whoTheIssuerCertifiesForItMayAnswer() {
        Duration long_ = Duration.ofDays(30);
        Made right = ROOT.signer(KeyPurposeId.id_kp_OCSPSigning, long_);
        responder = question -> answer(question, null, right, right, NOW.minusSeconds(60), NOW.plusSeconds(3600), true);
        assertThat(outcome(check(Mode.REQUIRED), client())).isEqualTo(LET_IN);
        List<Made> wrong = List.of(
                ROOT.signer(KeyPurposeId.id_kp_clientAuth, long_),
                ROOT.signer(KeyPurposeId.id_kp_OCSPSigning, Duration.ofDays(1)),
                Made.root("Root").signer(KeyPurposeId.id_kp_OCSPSigning, long_));
        for (Made signer : wrong) {
            responder = question ->
                    answer(question, null, signer, signer, NOW.minusSeconds(60), NOW.plusSeconds(3600), true);
            isUseless("not signed by");
        }
    }

    @Test
    void anAnswerWithoutANonceIsTaken() {
        responder = question -> answer(question, null, ROOT, null, NOW.minusSeconds(60), NOW.plusSeconds(3600), false);
        assertThat(outcome(check(Mode.REQUIRED), client())).isEqualTo(LET_IN);
    }

    @Test
    void aResponderThatIsSlowOrDownIsLeftAloneForAMoment() throws Exception {
        responder = question -> {
            assertThat(silence.await(30, TimeUnit.SECONDS)).isTrue();
            return new byte[0];
        };
        OcspCheck required = check(Mode.REQUIRED, Duration.ofMillis(500));
        assertThat(outcome(required, client())).contains("no answer in 500 ms");
        assertThat(outcome(required, client())).contains("did not answer a moment ago");
        assertThat(questions).hasValue(1);
        now = NOW.plusSeconds(9);
        assertThat(outcome(required, client())).contains("did not answer a moment ago");
        now = NOW.plusSeconds(11);
        silence.countDown();
        assertThat(outcome(required, client())).doesNotContain("a moment ago");
        assertThat(questions).hasValue(2);

        Made nowhere = ROOT.clientAt("http://127.0.0.1:1/");
        assertThat(outcome(check(Mode.SOFT), nowhere)).isEqualTo(LET_IN);
        assertThat(outcome(check(Mode.REQUIRED), nowhere)).contains("ConnectException");
        status = 503;
        responder = question -> new byte[0];
        assertThat(outcome(check(Mode.REQUIRED), client())).contains("HTTP status 503");
    }

    @Test
    void whatIsBrokenOffLetsNobodyIn() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        responder = question -> {
            arrived.countDown();
            assertThat(silence.await(30, TimeUnit.SECONDS)).isTrue();
            return new byte[0];
        };
        OcspCheck soft = check(Mode.SOFT);
        Made client = client();
        var answer = soft.check(client.certificate, () -> List.of(client.certificate, ROOT.certificate))
                .toCompletableFuture();
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        soft.close();
        assertThat(answer.get(30, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void withoutAResponderOrAnIssuerNothingIsKnown() {
        Made nameless = ROOT.client("CN=nameless");
        assertThat(outcome(check(Mode.SOFT), nameless)).isEqualTo(LET_IN);
        assertThat(outcome(check(Mode.REQUIRED), nameless)).contains("names no responder");
        assertThat(outcome(check(Mode.REQUIRED), ROOT.clientAt("ldap://127.0.0.1/x")))
                .contains("names no responder");
        assertThat(outcome(check(Mode.REQUIRED), ROOT.clientAt("http:// /"))).contains("names no responder");
        List<X509Certificate> alone = List.of();
        assertThat(check(Mode.REQUIRED)
                        .check(client().certificate, () -> alone)
                        .toCompletableFuture()
                        .join())
                .isPresent();
        says(CertificateStatus.GOOD);
        OcspCheck told = new OcspCheck(
                new OcspCheck.Settings(Mode.REQUIRED, Optional.of(address), Duration.ofSeconds(2), 10), clock);
        checks.add(told);
        assertThat(outcome(told, nameless)).isEqualTo(LET_IN);
    }
}
