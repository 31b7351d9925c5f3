@NullMarked
package io.dunlin.fleet;

import org.jspecify.annotations.NullMarked;
