/** Passwords: what is kept of them, where it stands, and logins by them. */
@NullMarked
package io.dunlin.security.password;

import org.jspecify.annotations.NullMarked;
