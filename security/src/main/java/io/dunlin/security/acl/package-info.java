/** What a client may do: rules, roles and the chain of places where rights are looked up. */
@NullMarked
package io.dunlin.security.acl;

import org.jspecify.annotations.NullMarked;
