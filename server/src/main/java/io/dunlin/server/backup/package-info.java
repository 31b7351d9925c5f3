/** Backups of all that a broker has stored, taken while it runs, and their way back. */
@NullMarked
package io.dunlin.server.backup;

import org.jspecify.annotations.NullMarked;
