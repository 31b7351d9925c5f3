@NullMarked
package io.dunlin.transport;

import org.jspecify.annotations.NullMarked;
