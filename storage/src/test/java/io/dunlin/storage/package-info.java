/** Tests of the store. */
@NullMarked
package io.dunlin.storage;

import org.jspecify.annotations.NullMarked;
