/** Small files that are replaced as a whole. */
@NullMarked
package io.dunlin.security.file;

import org.jspecify.annotations.NullMarked;
