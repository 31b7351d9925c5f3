package io.dunlin.security.audit;

/**
 * Who did something that the audit log tells.
 *
 * @param name the user of the operating system, or an administrator's name; "" where it is not known
 * @param through the way it came: {@code control socket}, {@code signal}, {@code broker}
 */
public record Actor(String name, String through) {
    /** The broker did it by itself. */
    public static final Actor BROKER = new Actor("", "broker");

    /** A signal of the operating system, which does not say who sent it. */
    public static final Actor SIGNAL = new Actor("", "signal");

    @Override
    public String toString() {
        return name.isEmpty() ? through : name + " (" + through + ")";
    }
}
