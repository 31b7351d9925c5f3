package io.dunlin.console.http;

/** A request that is answered with an error: a status, a word for programs and a sentence for people. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    public Problem(int status, String code, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** The request makes no sense. */
    public static Problem badRequest(String sentence) {
        return new Problem(400, "BAD_REQUEST", sentence);
    }

    public static Problem notFound(String sentence) {
        return new Problem(404, "NOT_FOUND", sentence);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
