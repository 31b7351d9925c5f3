package io.dunlin.security.directory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.AuthenticationException;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.ServiceUnavailableException;
import javax.naming.TimeLimitExceededException;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.StartTlsRequest;
import javax.naming.ldap.StartTlsResponse;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to the directory: new ones for users, and a few that stay open for the account that searches. Every step ends within the
 * time-out. Blocks: not for a shard. Thread: any.
 */
final class Directory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Directory.class);
    private static final int IDLE_MAX = 4;

    private final LdapSettings settings;
    private final boolean secure;
    private final SSLSocketFactory tls;
    private final int timeoutMillis;
    private final ConcurrentLinkedDeque<LdapContext> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private volatile boolean closed;

    /** @throws IllegalArgumentException with a sentence, where url or cafile cannot be used */
    Directory(LdapSettings settings) {
        this.settings = settings;
        String[] urls = settings.url().strip().split("\\s+");
        this.secure = urls[0].toLowerCase(Locale.ROOT).startsWith("ldaps://");
        String kind = secure ? "ldaps://" : "ldap://";
        for (String url : urls) {
            if (!url.toLowerCase(Locale.ROOT).startsWith(kind) || url.length() == kind.length()) {
                throw new IllegalArgumentException("authentication.ldap.url = \"" + settings.url()
                        + "\": expected is ldap://host or ldaps://host, or several of one kind with blanks between");
            }
        }
        if (secure && settings.startTls()) {
            throw new IllegalArgumentException(
                    "authentication.ldap.start-tls is for ldap:// only: leave it out, or change authentication.ldap.url");
        }
        this.tls = Authorities.trusting(settings.cafile());
        this.timeoutMillis = Math.clamp(settings.timeout().toMillis(), 1, Integer.MAX_VALUE);
    }

    /** Something done on a connection. */
    interface Work<T> {
        T on(LdapContext context) throws NamingException;
    }

    /**
     * Opens a connection that belongs to this user.
     *
     * @throws AuthenticationException and others, where the directory refuses the user
     * @throws IOException where it does not answer
     */
    LdapContext bind(String dn, byte[] password) throws NamingException, IOException {
        if (dn.isEmpty() || password.length == 0) {
            throw new AuthenticationException("a bind without a name or a password is none");
        }
        LdapContext context = open();
        try {
            login(context, dn, password);
            return context;
        } catch (CommunicationException | ServiceUnavailableException e) {
            close(context);
            throw away("binding as a user", e);
        } catch (NamingException e) {
            close(context);
            throw e;
        }
    }

    /**
     * Does something as the account that searches. A connection that the directory has closed meanwhile is opened again, once.
     *
     * @throws IOException where the directory does not answer, or does not let this account in
     */
    <T> T asService(Work<T> work) throws NamingException, IOException {
        LdapContext kept = idle.poll();
        if (kept != null) {
            idleCount.decrementAndGet();
            try {
                return onKept(kept, work);
            } catch (CommunicationException | ServiceUnavailableException e) {
                LOG.debug("a kept connection to the directory has ended: {}", e.getMessage());
            }
        }
        LdapContext fresh = open();
        try {
            LdapSettings.Search search = settings.search().orElseThrow();
            if (!search.bindDn().isEmpty()) {
                login(fresh, search.bindDn(), search.bindPassword().getBytes(StandardCharsets.UTF_8));
            }
        } catch (NamingException e) {
            close(fresh);
            throw away("binding as ldap.bind-dn", e);
        }
        try {
            return onKept(fresh, work);
        } catch (CommunicationException | ServiceUnavailableException | TimeLimitExceededException e) {
            throw away("searching", e);
        }
    }

    private <T> T onKept(LdapContext context, Work<T> work) throws NamingException {
        T result;
        try {
            result = work.on(context);
        } catch (NamingException | RuntimeException e) {
            close(context);
            throw e;
        }
        if (closed || idleCount.incrementAndGet() > IDLE_MAX) {
            idleCount.decrementAndGet();
            close(context);
        } else {
            idle.push(context);
        }
        return result;
    }

    private LdapContext open() throws IOException {
        SocketFactory sockets = secure ? tls : SocketFactory.getDefault();
        LdapContext context;
        try {
            context = LdapSockets.with(sockets, () -> new InitialLdapContext(environment(), null));
        } catch (Exception e) {
            throw away("connecting", e);
        }
        if (settings.startTls()) {
            try {
                TimedTls timed = new TimedTls(tls, timeoutMillis);
                ((StartTlsResponse) context.extendedOperation(new StartTlsRequest())).negotiate(timed);
                timed.done();
            } catch (NamingException | IOException | RuntimeException e) {
                close(context);
                throw away("StartTLS", e);
            }
        }
        return context;
    }

    @SuppressWarnings("JdkObsolete") // JNDI takes no other
    private Hashtable<String, Object> environment() {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        environment.put(Context.PROVIDER_URL, settings.url().strip().replaceAll("\\s+", " "));
        environment.put(Context.SECURITY_AUTHENTICATION, "none");
        environment.put(Context.REFERRAL, "ignore");
        environment.put("java.naming.ldap.version", "3"); // else it binds anonymously to find the version out
        environment.put("java.naming.ldap.factory.socket", LdapSockets.class.getName());
        environment.put("com.sun.jndi.ldap.connect.timeout", Integer.toString(timeoutMillis));
        environment.put("com.sun.jndi.ldap.read.timeout", Integer.toString(timeoutMillis));
        return environment;
    }

    private static void login(LdapContext context, String dn, byte[] password) throws NamingException {
        context.addToEnvironment(Context.SECURITY_AUTHENTICATION, "simple");
        context.addToEnvironment(Context.SECURITY_PRINCIPAL, dn);
        context.addToEnvironment(Context.SECURITY_CREDENTIALS, password);
        context.reconnect(null);
    }

    /** The directory cannot be used, as one sentence. */
    private IOException away(String doing, Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        @Nullable String below = cause.getMessage();
        String why = below == null || below.equals(said) ? said : said + ": " + below;
        return new IOException(doing + " at " + settings.url() + ": " + why, e);
    }

    static void close(LdapContext context) {
        try {
            context.close();
        } catch (NamingException e) {
            LOG.debug("a connection to the directory did not close well: {}", e.getMessage());
        }
    }

    /** Closes what is idle; work under way ends by itself. */
    @Override
    public void close() {
        closed = true;
        for (LdapContext context = idle.poll(); context != null; context = idle.poll()) {
            idleCount.decrementAndGet();
            close(context);
        }
    }
}
