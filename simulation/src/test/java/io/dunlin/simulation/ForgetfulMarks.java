package io.dunlin.simulation;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.SessionState;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Forgets to mark what is still referred to, so that it is deleted. */
record ForgetfulMarks(Journal.Snapshots core) implements Journal.Snapshots {
    @Override
    public CompletionStage<Void> visit(boolean all, Journal.Visitor visitor) {
        return core.visit(all, new Journal.Visitor() {
            @Override
            public Journal.Marks marks() {
                visitor.marks();
                return new Journal.Marks() {
                    @Override
                    public void message(long position) {
                        // forgotten
                    }

                    @Override
                    public void page(QueuePage page) {
                        // forgotten
                    }
                };
            }

            @Override
            public CompletionStage<Void> changed(List<SessionState> states) {
                return visitor.changed(states);
            }
        });
    }

    @Override
    public void retained(Consumer<Message> each) {
        core.retained(each);
    }
}
