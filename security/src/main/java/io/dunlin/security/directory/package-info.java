/** Logins that an LDAP directory checks. */
@NullMarked
package io.dunlin.security.directory;

import org.jspecify.annotations.NullMarked;
