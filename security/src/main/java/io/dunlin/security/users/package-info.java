/** Users, groups and roles that are changed while the broker runs, kept in its data folder. */
@NullMarked
package io.dunlin.security.users;

import org.jspecify.annotations.NullMarked;
