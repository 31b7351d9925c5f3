@NullMarked
package io.dunlin.security.guard;

import org.jspecify.annotations.NullMarked;
