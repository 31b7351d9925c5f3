package io.dunlin.security.certificate;

/** What of a client's certificate names its user. */
public enum UsernameFrom {
    /** The common name of the subject. */
    CN("cert.cn"),
    /** The whole subject as RFC 2253 writes it, such as {@code CN=meter 7,O=Works}. */
    DN("cert.dn"),
    /** A DNS name among the subject's alternative names. */
    SAN_DNS("cert.san.dns"),
    /** A mail address among them. */
    SAN_EMAIL("cert.san.email"),
    /** A URI among them. */
    SAN_URI("cert.san.uri"),
    /** The SHA-256 of the certificate, 64 digits of lower case. */
    FINGERPRINT("cert.fingerprint");

    private final String attribute;

    UsernameFrom(String attribute) {
        this.attribute = attribute;
    }

    /** The attribute of a login that has the same value. */
    public String attribute() {
        return attribute;
    }
}
