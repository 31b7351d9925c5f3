package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.transport.TlsConfig.ExpiredList;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("TimeInStaticInitializer") // the moment of the test
final class ClientTrustTest {
    private static final Instant NOW = Instant.now();
    private static final Instant HOUR_AGO = NOW.minus(Duration.ofHours(1));
    private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));

    private final Pki root = pki(() -> Pki.root("Root"));
    private final Pki between = pki(() -> root.authority("Between"));
    private final Pki direct = pki(() -> root.client("direct"));
    private final Pki deep = pki(() -> between.client("deep"));
    private final RevocationLists.Counts counts = new RevocationLists.Counts();
    private Instant now = NOW;
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

    private interface Making<T> {
        T make() throws Exception;
    }

    private static <T> T pki(Making<T> making) {
        try {
            return making.make();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ClientTrust trust(List<Pki> authorities, X509CRL... lists) throws Exception {
        return trust(ExpiredList.REFUSE, authorities, lists);
    }

    private ClientTrust trust(ExpiredList expired, List<Pki> authorities, X509CRL... lists) throws Exception {
        return new ClientTrust(
                authorities.stream().map(one -> one.certificate).toList(),
                new RevocationLists(List.of(lists), expired, clock, counts),
                clock);
    }

    private static List<X509Certificate> shown(Pki... chain) {
        return List.of(chain).stream().map(one -> one.certificate).toList();
    }

    @Test
    void believesWhatItsAuthoritiesHaveIssued() throws Exception {
        ClientTrust trust = trust(List.of(root));
        assertThat(trust.whyNot(shown(direct))).isEmpty();
        assertThat(trust.whyNot(shown(deep, between))).isEmpty();
        assertThat(trust.whyNot(shown(deep))).isPresent();
        assertThat(trust(List.of(root, between)).whyNot(shown(deep))).isEmpty();
        assertThat(trust(List.of(Pki.root("Another"))).whyNot(shown(direct))).isPresent();
        assertThat(trust(List.of(Pki.root("Root"))).whyNot(shown(direct))).isPresent();
    }

    @Test
    void believesNoneThatHasEndedThoughItIsItselfTrusted() throws Exception {
        Pki ended = root.client("ended", Pki.BEGIN, HOUR_AGO);
        assertThat(trust(List.of(direct)).whyNot(shown(direct))).isEmpty();
        assertThat(trust(List.of(ended)).whyNot(shown(ended))).isPresent();
    }

    @Test
    void anAuthorityAloneIsARootAndOneBesideItsIssuerIsNot() throws Exception {
        X509CRL ofRoot = root.list(HOUR_AGO, TOMORROW, between.certificate);
        X509CRL ofBetween = between.list(HOUR_AGO, TOMORROW);
        assertThat(trust(List.of(between), ofBetween).whyNot(shown(deep))).isEmpty();
        for (List<Pki> both : List.of(List.of(root, between), List.of(between, root))) {
            assertThat(trust(both, ofRoot, ofBetween).whyNot(shown(deep))).isPresent();
            assertThat(trust(both, root.list(HOUR_AGO, TOMORROW), ofBetween).whyNot(shown(deep)))
                    .isEmpty();
        }
    }

    @Test
    void refusesWhatIsRevoked() throws Exception {
        ClientTrust trust = trust(List.of(root), root.list(HOUR_AGO, TOMORROW, direct.certificate));
        assertThat(trust.whyNot(shown(direct)).orElse("")).contains("CN=direct").contains("was revoked");
        assertThat(counts.revoked.sum()).isOne();
        assertThat(trust.whyNot(shown(root.client("other")))).isEmpty();
    }

    @Test
    void refusesWhatARevokedAuthorityHasIssued() throws Exception {
        ClientTrust trust = trust(
                List.of(root), root.list(HOUR_AGO, TOMORROW, between.certificate), between.list(HOUR_AGO, TOMORROW));
        assertThat(trust.whyNot(shown(deep, between)).orElse(""))
                .contains("CN=Between")
                .contains("was revoked");
        assertThat(trust.whyNot(shown(direct))).isEmpty();
    }

    @Test
    void theIssuerOfAClientNeedsAListAndOnesAboveDoNot() throws Exception {
        ClientTrust ofRoot = trust(List.of(root), root.list(HOUR_AGO, TOMORROW));
        assertThat(ofRoot.whyNot(shown(deep, between)).orElse("")).contains("no revocation list of CN=Between");
        ClientTrust ofBetween = trust(List.of(root), between.list(HOUR_AGO, TOMORROW));
        assertThat(ofBetween.whyNot(shown(deep, between))).isEmpty();
    }

    @Test
    void aClientThatIsAnAuthorityNeedsAListToo() throws Exception {
        Pki below = between.authority("Below");
        ClientTrust ofRoot = trust(List.of(root), root.list(HOUR_AGO, TOMORROW));
        assertThat(ofRoot.whyNot(shown(below, between)).orElse("")).contains("no revocation list of CN=Between");
        assertThat(ofRoot.whyNot(shown(between))).isEmpty();
        ClientTrust ofBoth = trust(List.of(root), root.list(HOUR_AGO, TOMORROW), between.list(HOUR_AGO, TOMORROW));
        assertThat(ofBoth.whyNot(shown(below, between))).isEmpty();
    }

    @Test
    void aListOfAnotherKeyDoesNotCount() throws Exception {
        Pki namesake = Pki.root("Root");
        ClientTrust trust = trust(List.of(root), namesake.list(HOUR_AGO, TOMORROW));
        assertThat(trust.whyNot(shown(direct)).orElse("")).contains("no revocation list");
    }

    @Test
    void rootsOfOneNameHaveAListEach() throws Exception {
        Pki namesake = Pki.root("Root");
        Pki of = namesake.client("of-namesake");
        ClientTrust trust = trust(
                List.of(root, namesake),
                root.list(HOUR_AGO, TOMORROW, direct.certificate),
                namesake.list(NOW.minusSeconds(60), TOMORROW));
        // The reason that is told is that of the root which the JDK tried last, in no order.
        assertThat(trust.whyNot(shown(direct))).isPresent();
        assertThat(trust.whyNot(shown(of))).isEmpty();
    }

    @Test
    void theNewestListCounts() throws Exception {
        X509CRL old = root.list(HOUR_AGO.minusSeconds(60), TOMORROW, direct.certificate);
        X509CRL fresh = root.list(HOUR_AGO, TOMORROW);
        assertThat(trust(List.of(root), old, fresh).whyNot(shown(direct))).isEmpty();
        assertThat(trust(List.of(root), fresh, old).whyNot(shown(direct))).isEmpty();
    }

    @Test
    void aListOutOfDateRefusesUnlessToldOtherwise() throws Exception {
        X509CRL list = root.list(HOUR_AGO, NOW.plusSeconds(60), deep.certificate);
        ClientTrust strict = trust(List.of(root), list);
        ClientTrust lenient = trust(ExpiredList.ACCEPT, List.of(root), list);
        assertThat(strict.whyNot(shown(direct))).isEmpty();
        assertThat(strict.whyOver(shown(direct))).isEmpty();
        now = NOW.plusSeconds(61);
        assertThat(strict.whyNot(shown(direct)).orElse("")).contains("out of date since");
        assertThat(strict.whyOver(shown(direct)).orElse("")).contains("out of date since");
        assertThat(counts.overdue.sum()).isOne();
        assertThat(lenient.whyNot(shown(direct))).isEmpty();
        assertThat(lenient.whyOver(shown(direct))).isEmpty();
        assertThat(counts.overdue.sum()).isEqualTo(2);
        assertThat(strict.revoked().nextUpdate().orElse(NOW))
                .isEqualTo(list.getNextUpdate().toInstant());
    }

    @Test
    void aListOfTheFutureSaysNothing() throws Exception {
        ClientTrust trust = trust(List.of(root), root.list(NOW.plusSeconds(3600), TOMORROW));
        assertThat(trust.whyNot(shown(direct)).orElse("")).contains("begins only at");
    }

    @Test
    void aResumedSessionEndsWithItsCertificate() throws Exception {
        ClientTrust trust = trust(List.of(root));
        assertThat(trust.whyOver(shown(direct))).isEmpty();
        now = Pki.END.plusSeconds(1);
        assertThat(trust.whyOver(shown(direct)).orElse("")).contains("ended at");
    }

    @Test
    void refusesWhatHasEndedOrNotBegun() throws Exception {
        ClientTrust trust = trust(List.of(root));
        assertThat(trust.whyNot(shown(root.client("old", Pki.BEGIN, HOUR_AGO)))).isPresent();
        assertThat(trust.whyNot(shown(root.client("young", TOMORROW, Pki.END)))).isPresent();
    }

    @Test
    void findsTheWayToTheRoot() throws Exception {
        ClientTrust trust = trust(List.of(root, between));
        assertThat(trust.path(shown(deep))).isEqualTo(shown(deep, between, root));
        assertThat(trust.path(shown(direct))).isEqualTo(shown(direct, root));
        assertThat(trust.path(shown(Pki.root("Another").client("x")))).isEmpty();
    }
}
