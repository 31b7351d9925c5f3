package io.dunlin.security.directory;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.OperationType;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A directory in this process, with three listeners: plain, TLS, StartTLS. */
final class LdapServer implements AutoCloseable {
    static final String SERVICE = "cn=service,dc=example,dc=com";
    static final String SERVICE_PASSWORD = "s3rvice";

    private final InMemoryDirectoryServer server;
    final List<String> binds = new CopyOnWriteArrayList<>();
    final Path cafile;

    LdapServer(Path folder) throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .buildIssuedBy(authority);
        cafile = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.setSchema(null);
        config.setMaxSizeLimit(50);
        config.setAuthenticationRequiredOperationTypes(Set.of(OperationType.SEARCH));
        config.addAdditionalBindCredentials(SERVICE, SERVICE_PASSWORD);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("plain", loopback, 0, null),
                InMemoryListenerConfig.createLDAPSConfig("tls", loopback, 0, tls.getServerSocketFactory(), null),
                InMemoryListenerConfig.createLDAPConfig("starttls", loopback, 0, tls.getSocketFactory()));
        config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
            @Override
            public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) {
                binds.add(request.getRequest().getBindDN());
            }
        });
        server = new InMemoryDirectoryServer(config);
        entry("dc=example,dc=com", "objectClass: domain");
        entry("ou=people,dc=example,dc=com", "objectClass: organizationalUnit");
        entry("ou=old,ou=people,dc=example,dc=com", "objectClass: organizationalUnit");
        entry("ou=groups,dc=example,dc=com", "objectClass: organizationalUnit");
        user(
                "uid=alice,ou=people,dc=example,dc=com",
                "alice",
                "secret",
                "state: active",
                "mail: alice@example.com",
                "memberOf: cn=ops,ou=groups,dc=example,dc=com",
                "memberOf: cn=ops,ou=elsewhere,dc=example,dc=com",
                "mqttRole: publisher",
                "phone: 1",
                "phone: 2");
        user("uid=bob,ou=people,dc=example,dc=com", "bob", "b0b", "state: active");
        user("uid=carol,ou=people,dc=example,dc=com", "carol", "car0l", "state: locked");
        user("uid=twin,ou=people,dc=example,dc=com", "twin", "one", "state: active");
        user("uid=twin,ou=old,ou=people,dc=example,dc=com", "twin", "two", "state: active");
        user("uid=o\\, d\\+d \\\"x\\\",ou=people,dc=example,dc=com", "o, d+d \"x\"", "0dd", "state: active");
        user("uid=w(ei*r\\\\d),ou=people,dc=example,dc=com", "w(ei*r\\d)", "we1rd", "state: active");
        entry(
                "cn=ops,ou=groups,dc=example,dc=com",
                "objectClass: groupOfNames",
                "member: uid=alice,ou=people,dc=example,dc=com");
        entry(
                "cn=all,ou=groups,dc=example,dc=com",
                "objectClass: groupOfNames",
                "member: uid=alice,ou=people,dc=example,dc=com",
                "member: uid=w(ei*r\\\\d),ou=people,dc=example,dc=com");
        server.startListening();
    }

    private void user(String dn, String uid, String password, String... more) throws Exception {
        List<String> lines =
                new java.util.ArrayList<>(List.of("objectClass: person", "uid: " + uid, "userPassword: " + password));
        lines.addAll(List.of(more));
        entry(dn, lines.toArray(String[]::new));
    }

    private void entry(String dn, String... lines) throws Exception {
        List<String> ldif = new java.util.ArrayList<>(List.of("dn: " + dn));
        ldif.addAll(List.of(lines));
        server.add(ldif.toArray(String[]::new));
    }

    int port(String listener) {
        return server.getListenPort(listener);
    }

    void stop() {
        server.shutDown(true);
    }

    void start() throws Exception {
        server.startListening();
    }

    @Override
    public void close() {
        server.shutDown(true);
    }
}
