/** Logins and rights that a service of the user's own decides about, asked over HTTP. */
@NullMarked
package io.dunlin.security.http;

import org.jspecify.annotations.NullMarked;
