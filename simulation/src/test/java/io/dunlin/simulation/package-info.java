@NullMarked
package io.dunlin.simulation;

import org.jspecify.annotations.NullMarked;
