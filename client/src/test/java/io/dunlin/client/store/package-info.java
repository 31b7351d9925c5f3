@NullMarked
package io.dunlin.client.store;

import org.jspecify.annotations.NullMarked;
