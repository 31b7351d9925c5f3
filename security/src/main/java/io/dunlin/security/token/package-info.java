/** Logins with JSON Web Tokens: keys, claims and what they say of a client. */
@NullMarked
package io.dunlin.security.token;

import org.jspecify.annotations.NullMarked;
