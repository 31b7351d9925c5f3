/** Logins and rights that an SQL data base knows. */
@NullMarked
package io.dunlin.security.sql;

import org.jspecify.annotations.NullMarked;
