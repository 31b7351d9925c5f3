package io.dunlin.client.transport;

import java.security.cert.Certificate;
import java.util.List;

/**
 * What a TLS handshake agreed on.
 *
 * @param protocol as in "TLSv1.3"
 * @param cipher the cipher suite in the JDK's name
 * @param applicationProtocol of ALPN; empty for none
 * @param peerCertificates the server's, and those above it; empty where it showed none
 */
public record TlsInfo(String protocol, String cipher, String applicationProtocol, List<Certificate> peerCertificates) {}
