package io.dunlin.security.acl;

/** Two places of roles as one; joined anew when one of them changes. Thread: any. */
final class JoinedRoles implements Roles {
    private final Roles first;
    private final Roles second;
    private volatile Joined last;

    private record Joined(RoleBook first, RoleBook second, RoleBook both) {
        static Joined of(RoleBook first, RoleBook second) {
            return new Joined(first, second, first.and(second));
        }

        @SuppressWarnings("ReferenceEquality") // a book is the same object until something changes
        boolean isOf(RoleBook one, RoleBook other) {
            return first == one && second == other;
        }
    }

    JoinedRoles(Roles first, Roles second) {
        this.first = first;
        this.second = second;
        this.last = Joined.of(first.current(), second.current());
    }

    @Override
    public RoleBook current() {
        Joined joined = last;
        RoleBook one = first.current();
        RoleBook other = second.current();
        if (!joined.isOf(one, other)) {
            joined = Joined.of(one, other); // whichever of several threads is last, the next call sees whether it fits
            last = joined;
        }
        return joined.both;
    }
}
