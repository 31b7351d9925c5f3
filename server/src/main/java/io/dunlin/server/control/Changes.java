package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The one place through which everything goes that an administrator changes, whichever way he came: it is done, and the audit log says
 * who did it, what was before and what is after; or who failed to, and why. Thread: any but the shards.
 */
public final class Changes {
    private final AuditLog log;

    public Changes(AuditLog log) {
        this.log = log;
    }

    /**
     * Does it.
     *
     * @param event such as {@code user.added}
     * @param fields what it is about; no secrets
     * @param doing throws {@link CommandFailed} where it cannot be done
     */
    public <T> T change(Actor who, String event, Map<String, Object> fields, Supplier<T> doing) {
        return change(who, event, fields, Map::of, doing);
    }

    /** @param state what is there now, without secrets; asked before and after */
    public <T> T change(
            Actor who,
            String event,
            Map<String, Object> fields,
            Supplier<Map<String, Object>> state,
            Supplier<T> doing) {
        Map<String, Object> entry = new LinkedHashMap<>(fields);
        try {
            Map<String, Object> before = state.get();
            T result = doing.get();
            Map<String, Object> after = state.get();
            if (!before.equals(after)) {
                entry.put("before", before);
                entry.put("after", after);
            }
            log.write(new AuditEntry(event, who, entry));
            return result;
        } catch (CommandFailed e) {
            entry.put("failed", e.sentence());
            log.write(new AuditEntry(event, who, entry));
            throw e;
        } catch (RuntimeException e) { // its text may hold a secret
            entry.put(
                    "failed",
                    "a fault of the broker's own, it may have been done: "
                            + e.getClass().getSimpleName());
            log.write(new AuditEntry(event, who, entry));
            throw e;
        }
    }
}
