package io.dunlin.security.certificate;

import java.io.Serial;

/** A folder of certificates cannot be used as wished; the message is a sentence for people. */
public final class CertificateFolderProblem extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    CertificateFolderProblem(String message) {
        super(message);
    }

    CertificateFolderProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
