package io.dunlin.security.acl;

/** What is known of users' roles beyond their logins: the store of users and the configuration. Thread: any. */
public interface Roles {
    /** The same object until something changes, then one with another generation. A volatile read at most. */
    RoleBook current();

    /** Always the same. */
    static Roles of(RoleBook book) {
        return () -> book;
    }

    /** What both know, rules of this one first. */
    default Roles and(Roles other) {
        return new JoinedRoles(this, other);
    }
}
