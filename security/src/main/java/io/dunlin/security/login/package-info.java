/** Who a client is: the chain of places where logins are checked. */
@NullMarked
package io.dunlin.security.login;

import org.jspecify.annotations.NullMarked;
