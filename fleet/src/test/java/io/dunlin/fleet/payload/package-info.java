@NullMarked
package io.dunlin.fleet.payload;

import org.jspecify.annotations.NullMarked;
