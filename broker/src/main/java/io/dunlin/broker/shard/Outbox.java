package io.dunlin.broker.shard;

import java.util.ArrayList;
import java.util.List;

/** The mail of one tick to one other shard: handed over as one task, so that the other thread is woken once. */
final class Outbox {
    private final Shard target;
    private List<Runnable> mail = new ArrayList<>();

    Outbox(Shard target) {
        this.target = target;
    }

    void add(Runnable letter) {
        mail.add(letter);
    }

    void handOver() {
        if (mail.isEmpty()) {
            return;
        }
        List<Runnable> batch = mail;
        mail = new ArrayList<>();
        target.executor().execute(() -> {
            for (Runnable letter : batch) {
                target.guarded("mail from another shard", letter);
            }
        });
    }
}
