package io.dunlin.server.config;

/**
 * Where the group stands of which it is a component: {@code dunlin.conf:12}. Nobody gives it, and it is not printed.
 *
 * @param place as {@link Problem#origin}
 */
public record Origin(String place) {
    @Override
    public String toString() {
        return place;
    }
}
