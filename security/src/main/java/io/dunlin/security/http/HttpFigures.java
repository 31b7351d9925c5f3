package io.dunlin.security.http;

/**
 * What became of the questions to one service since it was configured.
 *
 * @param asked all questions, also those that were answered without asking the service
 * @param cached answered from memory, or by the answer to the same question that was under way
 * @param failed answered with nothing usable, {@code timedOut} and {@code busy} among them
 * @param busy not asked, since too many were under way or the service had just failed
 * @param underWay at this moment
 * @param medianNanos of all answers that came
 * @param p99Nanos of all answers that came
 */
public record HttpFigures(
        long asked,
        long allowed,
        long denied,
        long ignored,
        long failed,
        long timedOut,
        long busy,
        long cached,
        long underWay,
        long medianNanos,
        long p99Nanos) {}
