package io.dunlin.security.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificateNamesTest {
    private static final Made ROOT = Made.root("Works, Inc. \"CA\"");

    private static CertificateNames names(Made made) {
        return CertificateNames.of(made.certificate);
    }

    private static CertificateNames cn(ASN1Encodable... values) {
        RDN[] rdns = new RDN[values.length];
        for (int i = 0; i < values.length; i++) {
            rdns[i] = new RDN(BCStyle.CN, values[i]);
        }
        return names(ROOT.client(new X500Name(rdns)));
    }

    @Test
    void readsEveryKind() {
        CertificateNames names = names(ROOT.client(
                "C=CH,O=Works,OU=Meters,CN=meter-7",
                new GeneralName(GeneralName.dNSName, "meter-7.example"),
                new GeneralName(GeneralName.rfc822Name, "meter@example"),
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://works/meter/7"),
                new GeneralName(GeneralName.iPAddress, "10.0.0.7")));
        assertThat(names.values(UsernameFrom.CN)).containsExactly("meter-7");
        assertThat(names.values(UsernameFrom.DN)).containsExactly("CN=meter-7,OU=Meters,O=Works,C=CH");
        assertThat(names.values(UsernameFrom.SAN_DNS)).containsExactly("meter-7.example");
        assertThat(names.values(UsernameFrom.SAN_EMAIL)).containsExactly("meter@example");
        assertThat(names.values(UsernameFrom.SAN_URI)).containsExactly("spiffe://works/meter/7");
        assertThat(names.values(UsernameFrom.FINGERPRINT).getFirst()).matches("[0-9a-f]{64}");
        assertThat(names.isOdd()).isFalse();
        assertThat(names.attributes())
                .containsEntry("cert.cn", "meter-7")
                .containsEntry("cert.o", "Works")
                .containsEntry("cert.ou", "Meters")
                .containsEntry("cert.san.dns", "meter-7.example")
                .containsEntry("cert.san.uri", "spiffe://works/meter/7")
                .containsEntry("cert.issuer", "CN=Works\\, Inc. \\\"CA\\\"")
                .containsKeys("cert.fingerprint", "cert.serial", "cert.dn", "cert.san.email");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,CN=admin",
                "a\\,CN\\=admin",
                "\"admin\"",
                "a+OU=x",
                " leading",
                "trailing ",
                "#30820101",
                "#",
                "<a>;b",
                "a\\",
                "Zürich",
                "日本",
                "😀",
                "/CN=admin/O=x"
            })
    void takesACommonNameAsItIs(String hostile) {
        CertificateNames names = cn(new DERUTF8String(hostile));
        assertThat(names.values(UsernameFrom.CN)).containsExactly(hostile);
        assertThat(names.isOdd()).isFalse();
        assertThat(names.attributes()).containsEntry("cert.cn", hostile);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin\u0000.example",
                "\u0000",
                "a\nb",
                "a\u007f",
                "a\u0085b",
                "",
                "  ",
                "a\u202eb",
                "a\ufffdb",
                "a\uffff"
            })
    void namesThatNoHonestAuthoritySignsAreOdd(String hostile) {
        CertificateNames names = cn(new DERUTF8String(hostile));
        assertThat(names.isOdd()).isTrue();
        assertThat(names.attributes()).doesNotContainKey("cert.cn");
    }

    @Test
    void valuesThatAreNoTextAreOdd() {
        assertThat(cn(new DERBitString(new byte[] {1, 2, 3})).isOdd()).isTrue();
        assertThat(cn(new DERBMPString("meter")).values(UsernameFrom.CN)).containsExactly("meter");
        assertThat(names(ROOT.client("CN=a", new GeneralName(GeneralName.dNSName, new DERIA5String("a\u0000.example"))))
                        .isOdd())
                .isTrue();
    }

    @Test
    void severalValuesNameNobody() {
        CertificateNames two = cn(new DERUTF8String("meter"), new DERUTF8String("admin"));
        assertThat(two.values(UsernameFrom.CN)).containsExactlyInAnyOrder("meter", "admin");
        assertThat(two.attributes()).doesNotContainKey("cert.cn");
        RDN together = new RDN(new AttributeTypeAndValue[] {
            new AttributeTypeAndValue(BCStyle.CN, new DERUTF8String("meter")),
            new AttributeTypeAndValue(BCStyle.CN, new DERUTF8String("admin"))
        });
        assertThat(names(ROOT.client(new X500Name(new RDN[] {together}))).values(UsernameFrom.CN))
                .containsExactlyInAnyOrder("meter", "admin");
        assertThat(cn(new DERUTF8String("same"), new DERUTF8String("same")).values(UsernameFrom.CN))
                .containsExactly("same");
    }

    @Test
    void absentNamesAreAbsent() {
        CertificateNames none = names(ROOT.client("O=Works"));
        assertThat(none.values(UsernameFrom.CN)).isEmpty();
        assertThat(none.values(UsernameFrom.SAN_DNS)).isEmpty();
        assertThat(none.isOdd()).isFalse();
    }
}
