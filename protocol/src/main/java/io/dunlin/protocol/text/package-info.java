/** How names and passwords are compared, the same on both sides of a login. */
@NullMarked
package io.dunlin.protocol.text;

import org.jspecify.annotations.NullMarked;
