package io.dunlin.server.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a record component that the configuration binds: binding, printing and the reference page all read it here. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** What it does, in one sentence without a full stop. */
    String value();

    /** As it would stand in the file; empty where the setting is optional, a group, or has to be given. */
    String byDefault() default "";

    /** The smallest value allowed, as it would stand in the file; empty for no bound. */
    String min() default "";

    /** The largest value allowed, as it would stand in the file; empty for no bound. */
    String max() default "";

    /** Whether a change takes effect at the next start only, not at a reload. */
    boolean restart() default false;

    /** Whether a single value may stand for a list of this one. */
    boolean orOne() default false;
}
