@NullMarked
package io.dunlin.client;

import org.jspecify.annotations.NullMarked;
