package io.dunlin.server;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.certificate.ClientCertificates;
import io.dunlin.security.guard.BanList;
import io.dunlin.security.guard.Guard;
import io.dunlin.security.guard.GuardOptions;
import io.dunlin.security.guard.InvalidBanList;
import io.dunlin.security.login.AuthenticationChain;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.password.Hashing;
import io.dunlin.security.token.JwtKeys;
import io.dunlin.security.users.UserStore;
import io.dunlin.security.users.UsersDamaged;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who may connect and what they may do: the sources that a configuration names, put together. A reload makes all of it anew and takes
 * it only as a whole: {@link #prepare}, then {@link #take}, then {@link #release}. Thread: any but the shards; one at a time.
 */
final class Security implements AutoCloseable {
    private final Clock clock;
    private final Hashing hashing;
    private final ClientCertificates certificates;
    private final UserStore users;
    private final AuthenticationChain chain;
    private final SwitchedAuthorizer rights;
    private final Guard guard;
    private volatile Prepared running;
    private Runnable keysDropped = () -> {};
    private Prepared next;
    private final Set<Prepared> inUse = Collections.newSetFromMap(new IdentityHashMap<>());
    private volatile List<Prepared> refreshed; // those in use as of the last reload; read by other threads
    private Map<String, Prepared> owners = new TreeMap<>(); // of each listener's chain
    private Map<String, Prepared> before = Map.of();

    private Security(
            Prepared first,
            Hashing hashing,
            ClientCertificates certificates,
            UserStore users,
            BanList bans,
            Clock clock) {
        this.certificates = certificates;
        this.clock = clock;
        this.hashing = hashing;
        this.users = users;
        this.chain = new AuthenticationChain(first.chains, first.limits, clock);
        this.rights = new SwitchedAuthorizer(first.rights);
        this.guard = new Guard(chain, bans, first.guardOptions, clock);
        this.running = first;
        this.next = first;
        this.inUse.add(first);
        this.refreshed = List.of(first);
        first.chains.keySet().forEach(name -> owners.put(name, first));
    }

    /** @throws StartFailed with a sentence, where a file cannot be used or a setting makes no sense */
    static Security start(Bound<ServerConfig> config, ClientCertificates certificates, Clock clock) {
        BanList bans = bans(config.value(), clock);
        Hashing hashing = new Hashing(config.value().authentication().hashing().toLimits(), clock);
        UserStore users = storedUsers(config.value());
        Prepared first = Prepared.of(config, hashing, certificates, users, clock);
        first.tell(users);
        return new Security(first, hashing, certificates, users, bans, clock);
    }

    /**
     * The users, groups and roles of the data folder as they are now.
     *
     * @throws StartFailed with a sentence where there are some that cannot be read
     */
    static UserStore storedUsers(ServerConfig config) {
        if (!config.store().enabled()) {
            return UserStore.inMemory();
        }
        try {
            return UserStore.open(config.node().dataDir().resolve("security"));
        } catch (UsersDamaged e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static BanList bans(ServerConfig config, Clock clock) {
        try {
            return BanList.open(config.node().dataDir().resolve("security").resolve("bans.json"), clock);
        } catch (InvalidBanList e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Makes all sources for another configuration and lets go of them: whether {@link #prepare} could.
     *
     * @throws StartFailed where one cannot be made
     */
    void check(Bound<ServerConfig> config) {
        Prepared.of(config, hashing, certificates, users, clock).close();
    }

    /**
     * Makes all sources for another configuration; nothing has changed yet. The caller says {@link #release} in the end, whatever becomes of
     * them.
     *
     * @throws StartFailed where one cannot be made; none of them is left then
     */
    void prepare(Bound<ServerConfig> config) {
        next = Prepared.of(config, hashing, certificates, users, clock);
        inUse.add(next);
    }

    /**
     * Goes over to what was prepared, but for listeners that go on with what they have. The caller says {@link #keep} where it turns out
     * later that one does, then reviews the clients.
     */
    void take(Set<String> kept) {
        Prepared old = running;
        Prepared fresh = next;
        fresh.logins.onKeysDropped(keysDropped);
        fresh.logins.takeOver(old.logins);
        fresh.tell(users);
        before = owners;
        owners = new TreeMap<>();
        fresh.chains.keySet().forEach(name -> {
            Prepared owner = before.get(name);
            owners.put(name, owner != null && kept.contains(name) ? owner : fresh);
        });
        running = fresh;
        hashing.limits(fresh.hashing);
        chain.replace(chains(), fresh.limits);
        rights.take(fresh.rights);
        guard.options(fresh.guardOptions);
    }

    /** A listener goes on with what it had before {@link #take}, since it could not be replaced. */
    void keep(String listener) {
        Prepared old = before.get(listener);
        if (old != null) {
            owners.put(listener, old);
            chain.replace(chains(), running.limits);
        }
    }

    /** Closes the sources that no listener uses any more. */
    void release() {
        before = Map.of();
        next = running;
        inUse.removeIf(one -> {
            boolean unused = one != running && !owners.containsValue(one);
            if (unused) {
                one.close();
            }
            return unused;
        });
        refreshed = List.copyOf(inUse);
    }

    private Map<String, List<LoginSource>> chains() {
        Map<String, List<LoginSource>> all = new TreeMap<>();
        owners.forEach((listener, owner) -> all.put(listener, owner.chains.getOrDefault(listener, List.of())));
        return all;
    }

    Authenticator authenticator() {
        return guard;
    }

    Authorizer authorizer() {
        return rights;
    }

    /** @param review of all clients: runs whenever an issuer takes a key back */
    void onKeysDropped(Runnable review) {
        keysDropped = review;
        running.logins.onKeysDropped(review);
    }

    /** To be asked now and then: an issuer tells nobody that it has taken a key back. Does not wait. */
    void refreshKeys() {
        for (Prepared one : refreshed) {
            one.logins.refreshKeys();
        }
    }

    /** The keys that tokens are verified with, of each source of tokens; of all that a listener still uses. */
    List<JwtKeys> tokenKeys() {
        return refreshed.stream()
                .flatMap(one -> one.logins.tokenKeys().stream())
                .toList();
    }

    /** The users, groups and roles that are changed at run time. */
    UserStore users() {
        return users;
    }

    /** How passwords are hashed. */
    Hashing hashing() {
        return hashing;
    }

    /** Who is kept out, and what was refused. */
    Guard guard() {
        return guard;
    }

    /** The logins of each source, counted. */
    AuthenticationChain logins() {
        return chain;
    }

    /** What became of logins and what was refused at limits, by topic below {@code $SYS/broker/security/}. */
    Map<String, Long> figures() {
        Map<String, Long> all = new TreeMap<>();
        chain.figures().forEach((source, figures) -> {
            String prefix = "logins/" + source + "/";
            all.put(prefix + "accepted", figures.accepted());
            all.put(prefix + "refused", figures.refused());
            all.put(prefix + "unknown", figures.unknown());
            all.put(prefix + "failed", figures.failed());
            all.put(prefix + "late", figures.late());
            all.put(prefix + "busy", figures.busy());
            all.put(prefix + "waiting", (long) figures.underWay());
        });
        for (AccessChain.Figures figures : running.rights.figures()) {
            String prefix = "rights/" + figures.source() + "/";
            all.put(prefix + "allowed", figures.allowed());
            all.put(prefix + "denied", figures.denied());
            all.put(prefix + "failed", figures.failed());
        }
        guard.figures().forEach((limit, value) -> all.put("limits/" + limit, value));
        return all;
    }

    /** The rules, how often each has decided, and who decides why. */
    AccessChain rights() {
        return running.rights;
    }

    /** Why a client may not stay, empty where it may. */
    Optional<String> whyGone(Principal principal) {
        return guard.bans().whyGone(principal).or(() -> chain.whyGone(principal));
    }

    @Override
    public void close() {
        inUse.forEach(Prepared::close);
    }

    /** All sources of one configuration. */
    static final class Prepared {
        private final LoginSources logins;
        private final Map<String, List<LoginSource>> chains = new TreeMap<>();
        private final AuthenticationChain.Limits limits = AuthenticationChain.Limits.DEFAULTS;
        private final Hashing.Limits hashing;
        private final AccessSources services = new AccessSources();
        private final AccessChain rights;
        private final GuardOptions guardOptions;
        private final Set<String> roles;
        private final Set<String> groups;

        private Prepared(ServerConfig config, LoginSources logins, UserStore users, Clock clock) {
            this.logins = logins;
            this.hashing = config.authentication().hashing().toLimits();
            config.listeners().forEach((name, listener) -> chains.put(name, logins.chain(name, listener)));
            this.guardOptions = config.limits().toGuardOptions();
            this.roles = config.authorization().knownRoles();
            this.groups = config.authorization().knownGroups();
            try {
                services.http(config.authorization().http(), clock);
                services.sql(
                        config.authorization().sql(), config.authentication().sql(), clock);
                this.rights = Rights.of(config, users, services.all(), logins.bringRules(), clock);
            } catch (InvalidSource e) {
                services.close();
                throw new StartFailed("authorization: " + e.getMessage(), e);
            } catch (RuntimeException e) {
                services.close();
                throw e;
            }
        }

        private static Prepared of(
                Bound<ServerConfig> config,
                Hashing hashing,
                ClientCertificates certificates,
                UserStore users,
                Clock clock) {
            LoginSources logins = LoginSources.of(config.value(), hashing, certificates, users, clock);
            try {
                return new Prepared(config.value(), logins, users, clock);
            } catch (RuntimeException e) {
                logins.close();
                throw e;
            }
        }

        /** Tells the store which roles and groups the configuration knows, and the log what is weak. */
        private void tell(UserStore users) {
            users.knownElsewhere(roles, groups);
            logins.warn();
        }

        /** Where they are not taken after all. */
        void close() {
            services.close();
            logins.close();
        }
    }
}
