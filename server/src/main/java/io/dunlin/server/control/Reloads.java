package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Reading the configuration again, whoever asks for it: one at a time, told to the audit log, and remembered. Thread: any but the shards. */
public final class Reloads {
    private final AuditLog log;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Supplier<Outcome> reload = () -> {
        throw new CommandFailed("this broker was started without a configuration that could be read again");
    };
    private volatile List<String> problems = List.of();

    public Reloads(AuditLog log) {
        this.log = log;
    }

    /**
     * What came of it.
     *
     * @param done false where the broker goes on with what it had
     * @param lines all there is to say, for people
     * @param changes the settings that differ now
     * @param problems what could not be taken over; also where the rest was
     */
    public record Outcome(boolean done, List<String> lines, List<String> changes, List<String> problems) {}

    /** How it is done from now on. */
    public void use(Supplier<Outcome> way) {
        reload = way;
    }

    /** Does it, or says why not. */
    public Outcome run(Actor who) {
        turn.lock();
        try {
            Outcome outcome = reload.get();
            problems = outcome.problems();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("done", outcome.done());
            fields.put("changes", outcome.changes());
            if (!outcome.problems().isEmpty()) {
                fields.put("problems", outcome.problems());
            }
            log.write(new AuditEntry("reload", who, fields));
            return outcome;
        } finally {
            turn.unlock();
        }
    }

    /** The problems of the last one; empty where there was none or all went well. */
    public List<String> problems() {
        return problems;
    }
}
