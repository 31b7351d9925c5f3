/** Who may use the console: users, keys, sessions. */
@NullMarked
package io.dunlin.console.account;

import org.jspecify.annotations.NullMarked;
