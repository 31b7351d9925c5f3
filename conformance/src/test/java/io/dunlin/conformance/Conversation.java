package io.dunlin.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given a {@link io.dunlin.testkit.World} and runs once for each place; if it asks for a
 * {@link io.dunlin.protocol.packet.ProtocolVersion} too, once for each version there.
 */
@TestTemplate
@ExtendWith(ConversationExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Conversation {
    Places value() default Places.MEMORY_AND_TCP;

    /** Where it takes place. */
    enum Places {
        /** Virtual time; for what needs time to pass, or needs to see more than bytes. */
        MEMORY,
        MEMORY_AND_TCP,
        /** TLS, WebSocket and secure WebSocket too. */
        EVERYWHERE
    }
}
