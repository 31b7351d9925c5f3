package io.dunlin.server.backup;

import java.io.IOException;

/** A backup that is not restored, or a place to which none is: a sentence that says why and what to do. */
public final class BackupRefused extends IOException {
    private static final long serialVersionUID = 1;

    BackupRefused(String sentence) {
        super(sentence);
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
