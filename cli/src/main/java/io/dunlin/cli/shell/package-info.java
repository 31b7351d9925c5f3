/** {@code dunlin shell}: several connections, with completion and history, or a script. */
@NullMarked
package io.dunlin.cli.shell;

import org.jspecify.annotations.NullMarked;
