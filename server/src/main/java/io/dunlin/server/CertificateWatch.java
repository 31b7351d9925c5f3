package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import io.dunlin.server.control.CertificateRow;
import io.dunlin.server.control.Certificates;
import io.dunlin.transport.TlsFigures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what others trust or are trusted by, as it changes without a word: takes new files of listeners, says which files of back
 * ends are new, has keys fetched again, and says in the log once a day what ends within 30 days. Has a thread of its own. Thread: any.
 */
final class CertificateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
    private static final String CONSOLE = "console.tls";
    private static final long LOOK_MILLIS = 2_000;
    private static final Duration WARNED_BEFORE = Duration.ofDays(30);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Set<String> AT_START = Set.of("telemetry.cafile");

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon().factory());
    private final TlsFilesWatch files = new TlsFilesWatch();
    private final TlsFilesWatch otherFiles = new TlsFilesWatch();
    private final OpenListeners listeners;
    private final ConsoleDoor console;
    private final AuditLog log;
    private final Runnable review;
    private final Supplier<Map<String, Path>> others;
    private final Runnable refreshKeys;
    private final Clock clock;
    private volatile Map<String, List<X509Certificate>> ofOthers = Map.of(); // by setting, as they were last taken
    private final Map<String, Instant> warned = new HashMap<>(); // of the thread, as all below
    private Instant othersTold = Instant.MIN;

    /**
     * @param log is told of new files of listeners, taken or refused
     * @param review holds the live clients against new files; runs on this thread
     * @param others more files with certificates, by the name of their setting; taken at a reload, or those of {@link #AT_START} then alone
     * @param refreshKeys has keys fetched again that are old; does not wait for them
     */
    CertificateWatch(
            OpenListeners listeners,
            ConsoleDoor console,
            AuditLog log,
            Runnable review,
            Supplier<Map<String, Path>> others,
            Runnable refreshKeys,
            Clock clock) {
        this.listeners = listeners;
        this.console = console;
        this.log = log;
        this.review = review;
        this.others = others;
        this.refreshKeys = refreshKeys;
        this.clock = clock;
    }

    void start() {
        thread.execute(this::readOthers);
        thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The files were read just now: they are no news. */
    void filesAreRead() {
        thread.execute(() -> {
            files.taken(ownFiles(), clock.wallMillis());
            otherFiles.taken(listed(others.get()), clock.wallMillis());
            readOthers();
        });
    }

    private void readOthers() {
        Map<String, List<X509Certificate>> all = new HashMap<>();
        others.get().forEach((place, file) -> {
            List<X509Certificate> atStart = AT_START.contains(place) ? ofOthers.get(place) : null;
            all.put(place, atStart == null ? read(file) : atStart);
        });
        ofOthers = all;
        othersTold = Instant.MIN;
    }

    /** Those that are taken as they change, by listener; the console's, too. */
    private Map<String, List<Path>> ownFiles() {
        Map<String, List<Path>> all = new HashMap<>(listeners.tlsFiles());
        List<Path> ofConsole = console.tlsFiles();
        if (!ofConsole.isEmpty()) {
            all.put(CONSOLE, ofConsole);
        }
        return all;
    }

    private static Map<String, List<Path>> listed(Map<String, Path> files) {
        Map<String, List<Path>> all = new HashMap<>();
        files.forEach((place, file) -> all.put(place, List.of(file)));
        return all;
    }

    private void look() {
        try {
            boolean[] isAny = {false};
            files.look(ownFiles(), clock.wallMillis(), name -> isAny[0] |= reload(name));
            if (isAny[0]) {
                review.run();
            }
            inUse().forEach(this::warn);
            inUse(CONSOLE + ".certfile", console.certificates()).forEach(this::warn);
            lookAtOthers();
            refreshKeys.run();
        } catch (RuntimeException e) { // the next look may be better
            LOG.warn("the files of certificates could not be looked at", e);
        }
    }

    /** Which certificates are in them is looked at seldom: it may be all authorities that the machine knows. */
    private void lookAtOthers() {
        Map<String, Path> now = others.get();
        otherFiles.look(
                listed(now),
                clock.wallMillis(),
                place -> LOG.warn(
                        "{} = {} has changed: {} takes it",
                        place,
                        now.get(place),
                        AT_START.contains(place) ? "a restart" : "`dunlin reload`"));
        Instant time = Instant.ofEpochMilli(clock.wallMillis());
        if (othersTold.isBefore(time.minus(HOUR))) {
            othersTold = time;
            ofOthers.forEach((place, certificates) -> inUse(place, certificates).forEach(this::warn));
        }
    }

    /** Returns whether clients of the broker may be judged otherwise now. */
    private boolean reload(String name) {
        boolean isConsole = name.equals(CONSOLE);
        List<String> failures = isConsole ? console.reloadTls() : listeners.reloadTls(name);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("listener", name);
        told.put("done", failures.isEmpty());
        if (!failures.isEmpty()) {
            told.put("problems", failures);
        }
        log.write(new AuditEntry("certificates.changed", Actor.BROKER, told));
        failures.forEach(failure -> LOG.warn("{} It goes on with those that it has.", failure));
        if (failures.isEmpty()) {
            LOG.info("{} works with its new TLS files", isConsole ? "the console" : "listener " + name);
        }
        return failures.isEmpty() && !isConsole;
    }

    private void warn(Certificates.InUse certificate) {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        String subject = certificate.certificate().getSubjectX500Principal().getName();
        Instant end = certificate.certificate().getNotAfter().toInstant();
        String key = certificate.setting() + " " + subject;
        Instant last = warned.getOrDefault(key, Instant.MIN);
        if (end.isBefore(now.plus(WARNED_BEFORE)) && last.isBefore(now.minus(DAY))) {
            warned.put(key, now);
            String when = end.isBefore(now)
                    ? "has ended at " + end
                    : "ends in " + CertificateRow.days(now, end) + " days, at " + end;
            LOG.warn("the certificate of {} ({}) {}: renew it", certificate.setting(), subject, when);
        }
    }

    /** The certificates of the listeners, and when they end. */
    private List<Certificates.InUse> inUse() {
        List<Certificates.InUse> all = new ArrayList<>();
        listeners.transports().forEach((name, transport) -> {
            TlsFigures figures = transport.tlsFigures();
            if (figures != null) {
                all.addAll(inUse("listeners." + name + ".tls.certfile", figures.certificates()));
                all.addAll(inUse("listeners." + name + ".tls.cafile", figures.authorities()));
            }
        });
        return all;
    }

    /**
     * All that the broker works with now: of the listeners, of the console, and the authorities by which it knows other services (those as
     * they were taken at the start or the last reload). Thread: any but the shards.
     */
    List<Certificates.InUse> all() {
        List<Certificates.InUse> all = new ArrayList<>(inUse());
        all.addAll(inUse(CONSOLE + ".certfile", console.certificates()));
        ofOthers.forEach((place, certificates) -> all.addAll(inUse(place, certificates)));
        return all;
    }

    private static List<Certificates.InUse> inUse(String setting, List<X509Certificate> certificates) {
        return certificates.stream()
                .map(one -> new Certificates.InUse(setting, one))
                .toList();
    }

    /** Those in a file; none where it cannot be read. */
    static List<X509Certificate> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> all = new ArrayList<>();
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                all.add((X509Certificate) one);
            }
            return all;
        } catch (IOException | CertificateException e) { // whoever uses the file says what is wrong with it
            LOG.trace("{} holds no certificates", file, e);
            return List.of();
        }
    }

    /** For {@code $SYS/broker/security/}: what ends when, and what was refused. */
    Map<String, Long> figures() {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        Map<String, Long> all = new HashMap<>();
        listeners.transports().forEach((name, transport) -> {
            TlsFigures figures = transport.tlsFigures();
            if (figures != null) {
                String prefix = "certificates/" + name + "/";
                daysLeft(figures.certificates(), now).ifPresent(days -> all.put(prefix + "expires-in-days", days));
                daysLeft(figures.authorities(), now)
                        .ifPresent(days -> all.put(prefix + "authorities/expires-in-days", days));
                figures.listsUntil()
                        .ifPresent(until -> all.put(
                                prefix + "revocation-list/expires-in-hours",
                                Duration.between(now, until).toHours()));
                all.put(prefix + "revoked", figures.revoked());
                all.put(prefix + "revocation-list/overdue", figures.listOverdue());
            }
        });
        daysLeft(console.certificates(), now) // a listener may have that name, too
                .ifPresent(days -> all.merge("certificates/console/expires-in-days", days, Math::min));
        return all;
    }

    // 0 on the last day, negative from the end on.
    private static Optional<Long> daysLeft(List<X509Certificate> of, Instant now) {
        return of.stream()
                .map(one -> one.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .map(end -> CertificateRow.days(now, end));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
