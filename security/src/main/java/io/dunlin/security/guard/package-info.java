/** Limits against abuse: who is banned, who comes too often, who guesses passwords. All of it in bounded memory. */
@NullMarked
package io.dunlin.security.guard;

import org.jspecify.annotations.NullMarked;
