package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading the configuration again, whoever asks for it: one at a time, told to the audit log, and remembered. Thread: any but the shards. */
public final class Reloads {
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

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

    /**
     * Does it, or says why not; a fault of the broker's own is such an outcome, too.
     *
     * @throws CommandFailed where there is nothing to read again
     */
    public Outcome run(Actor who) {
        turn.lock();
        try {
            Outcome outcome = outcome(who);
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

    private Outcome outcome(Actor who) {
        try {
            return reload.get();
        } catch (CommandFailed e) {
            log.write(AuditEntry.of("reload", who, "done", false, "failed", e.sentence()));
            throw e;
        } catch (
                RuntimeException
                        e) { // the broker runs on: nobody's connection depends on a configuration that is read again
            LOG.error("the configuration was read again, and not all of it could be taken over", e);
            String problem = "a fault of the broker's own (" + e.getClass().getSimpleName()
                    + ") ended it half way, see the log: reload again, or restart the broker";
            return new Outcome(false, List.of("reload: " + problem), List.of(), List.of(problem));
        }
    }

    /** The problems of the last one; empty where there was none or all went well. */
    public List<String> problems() {
        return problems;
    }
}
